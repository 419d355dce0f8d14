// wechat4u as a peer: as ours.py, through its public API, in its own environment.
'use strict'

const fs = require('fs')
const readline = require('readline')
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)

const Wechat = require(require.resolve('wechat4u', { paths: [process.env.HONGYAN_PACKAGES] }))
const bot = new Wechat()

const cpu = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6 }
const now = () => Number(process.hrtime.bigint()) / 1e9
const memory = what => Number(fs.readFileSync('/proc/self/status', 'utf8').match(new RegExp(what + ':\\s+(\\d+)'))[1]) / 1024
const tell = figures => write(JSON.stringify({ ...figures, cpu: cpu(), peak: memory('VmHWM'), rss: memory('VmRSS') }) + '\n')

let texts = []
let at = []
let stretch = { count: 0, cpu: 0 }

bot.on('message', message => {
  if (message.MsgType !== 1) return
  texts.push(message.Content)
  at.push(now())
  if (texts.length === stretch.count) {
    tell({ spent: cpu() - stretch.cpu, distinct: new Set(texts).size, at: stretch.count <= 1000 ? at : at.slice(-1) })
  }
})
bot.on('error', () => {})

bot.on('login', async () => {
  const rooms = () => Object.values(bot.contacts).filter(one => one.UserName.startsWith('@@'))
  const full = () => rooms().filter(one => one.MemberList && one.MemberList.length && one.MemberList[0].NickName).length
  const others = () => Object.values(bot.contacts).filter(one => one.UserName.startsWith('@') && !one.UserName.startsWith('@@') && !one.isSelf)
  const [groups, friends] = process.argv.slice(4).map(Number)
  while (Object.keys(bot.contacts).length < groups + friends) await new Promise(resolve => setTimeout(resolve, 25))
  // As itchat it is helped to the members of groups, in portions, since the service answers 50 at most.
  for (let begin = 0; begin < groups; begin += 50) {
    bot.updateContacts(await bot.batchGetContact(rooms().slice(begin, begin + 50)))
  }
  tell({ ready: now(), friends: others().length, full: full() })
  readline.createInterface({ input: process.stdin })
    .on('line', line => { texts = []; at = []; stretch = { count: Number(line), cpu: cpu() }; tell({ begun: true }) })
    .on('close', () => process.exit(0))
})
bot.start()
