"""The readings of common characters of names, for the sorting keys of contact records; independent of grammar.

The service writes initials in capitals and full pinyin in small letters; Latin letters keep their case in the full form, and
digits stay; what it cannot read becomes one `?` (captured contact lists). Characters with several readings have the one of names.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

__all__ = ["READINGS", "pinyin"]

_TABLE = """
a 阿啊 ai 爱艾 an 安 ao 奥澳 ba 八吧巴爸 bai 白百 ban 班办半 bang 帮邦 bao 宝包报保 bei 北贝 ben 本 bi 毕碧必 bian 边 bin 斌彬
bing 冰兵 bo 博波播 bu 不步部布 cai 蔡菜财彩 can 餐 cao 曹草 ce 测 cha 茶查 chang 长常昌场 chao 超 che 车 chen 陈晨辰 cheng 成程城诚
chi 吃池 chong 崇 chu 出楚 chuan 川传 chuang 创 chun 春 ci 词慈 cun 村 da 大达 dai 代戴 dan 丹单 dang 当 dao 岛道 de 的德得
deng 邓登灯 di 递弟地迪帝 dian 店电点 ding 丁定 dong 栋东董冬动 dou 豆 du 读杜都 duan 段 dui 队对 er 儿二尔 fa 发法 fan 凡范饭 fang 芳方房
fei 飞菲 fen 分芬 feng 冯风峰枫丰 fu 复福服傅付 gang 刚 gao 高 ge 鸽哥歌葛 gong 工公龚宫 gou 狗购 gu 古顾谷 guan 关管馆观官 guang 广光 gui 桂贵
guo 国郭果 hai 海 han 韩涵寒汉 hang 航杭 hao 好浩郝豪号 he 何和河贺荷 hei 黑 heng 恒 hong 红宏洪鸿虹 hou 侯后 hu 胡湖虎互护 hua 华花画
huan 欢 huang 黄 hui 会惠慧辉 huo 火活 ji 吉季集技记级机 jia 家佳嘉贾加 jian 建健剑简件荐 jiang 江姜蒋 jiao 交教 jie 杰洁姐街 jin 金晋今锦 jing 静敬京晶景
jiu 九酒 ju 菊居 juan 娟 jun 军君俊 ka 卡 kai 凯开 kang 康 ke 可科柯客 kong 孔空 kui 葵 kuai 快 lai 来赖 lan 兰蓝岚篮 lao 老 le 乐 lei 雷蕾磊 li 李丽力黎莉理利
lian 莲练连 liang 梁亮 liao 聊廖 lin 林琳邻 ling 玲凌灵 liu 刘柳六流 long 龙 lou 楼 lu 陆路卢鹿露 lv 吕绿旅 luo 罗洛 ma 马妈吗 man 慢满 mao 毛猫 mei 梅美妹
men 们门 meng 孟梦萌 mi 米密 mian 面 min 敏民 ming 明名 mo 莫墨末 mu 木穆目 na 娜那 nan 南男 ni 你倪妮 nian 年 niu 牛 nong 农 nuan 暖 ou 欧 pan 潘盘
pa 爬 pang 胖 pao 跑 peng 彭鹏朋 pi 皮 ping 平萍评 pu 浦普 qi 旗齐琪奇七企气 qian 钱千 qiang 强 qiao 乔桥 qin 秦琴 qing 青清晴庆 qiu 秋邱球 qu 曲区 quan 全泉 qun 群
ran 然 ren 任人 ri 日 rong 荣 rou 柔 ru 如 rui 瑞睿 ruo 若 san 三 sen 森 sha 沙 shan 山珊 shang 上尚商 shao 邵 she 社摄设 shen 沈深神 sheng 生胜 shi 石师市时诗十
shou 手 shu 书舒树输 shuang 双 shui 水 shuo 硕 si 思四 song 宋松 su 苏 sun 孙 tai 太台 tan 谭 tang 唐汤糖 tao 涛桃陶 te 特 ti 提 tian 田天甜 tie 铁 ting 婷庭
tong 童同通 tuan 团 tui 推 wan 万玩晚 wang 王汪网望 wei 伟魏微威薇维为 wen 文温闻雯 wo 我 wu 吴武五物务 xi 西喜溪希习息 xia 夏霞 xian 先线 xiang 香向祥翔乡项
xiao 小肖晓萧校笑消 xie 谢 xin 心新欣鑫信辛 xing 星行 xiong 熊雄 xiu 秀修 xu 徐许旭 xuan 轩宣 xue 雪学薛 xun 讯 ya 雅亚 yan 严燕颜妍雁艳言 yang 杨洋阳羊 yao 姚
ye 叶夜业 yi 姨一亦怡易艺医 yin 银尹音 ying 英影莹应 yong 勇永 you 友游 yu 于雨余宇玉语鱼羽 yuan 元袁园远媛员 yue 月悦越岳 yun 云芸运 zai 在 zao 早 zeng 曾
zhai 宅 zhan 站展 zhang 张章 zhao 赵照招 zhe 哲 zhen 真珍 zheng 郑正 zhi 志知智之 zhong 中钟忠 zhou 周州洲 zhu 朱祝竹主助 zi 子紫梓 zong 宗 zou 邹 zu 组 zui 最 zuo 左作
"""


def _readings() -> dict[str, str]:
    words = _TABLE.split()
    table: dict[str, str] = {}
    for reading, characters in zip(words[::2], words[1::2], strict=True):
        for each in characters:
            table[each] = reading
    return table


READINGS = MappingProxyType(_readings())
"""Character to its reading, without tones."""


@lru_cache(maxsize=32768)
def pinyin(name: str) -> tuple[str, str]:
    """(initials, full pinyin) of a name: `陈Anna 2` gives `("CANNA2", "chenAnna2")`. Both empty for an empty name."""
    initials, full = [], []
    for each in name:
        reading = READINGS.get(each)
        if reading is not None:
            initials.append(reading[0].upper())
            full.append(reading)
        elif each.isascii() and each.isalnum():
            initials.append(each.upper())
            full.append(each)
        elif not each.isspace() and full[-1:] != ["?"]:
            initials.append("?")
            full.append("?")
    return "".join(initials), "".join(full)
