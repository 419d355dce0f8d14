// Knows how to carry out the test's orders through wechat4u's public API; refuses to know the emulator.
//
// Orders come as JSON lines on standard input ({"order": ..., ...}), answers and events go out as JSON lines on standard
// output ({"answer": ...}, {"error": ...}, {"event": ..., ...}).
'use strict'

const fs = require('fs')
const path = require('path')
const readline = require('readline')

const write = process.stdout.write.bind(process.stdout)
const say = line => write(JSON.stringify(line) + '\n')
// The client prints to standard output as it likes; the lines of this talk stay clean.
process.stdout.write = process.stderr.write.bind(process.stderr)

const Wechat = require(require.resolve('wechat4u', { paths: [process.env.HONGYAN_PACKAGES] }))
const bot = new Wechat()

const KINDS = { 1: 'text', 3: 'picture', 49: 'sharing', 10000: 'note', 10002: 'note' }
const people = () => Object.values(bot.contacts)
const isRoom = one => one.UserName.startsWith('@@')
const isOfficial = one => (one.VerifyFlag & 8) !== 0

// A remark takes the place of the nickname in what the client shows; the original stays beside it.
function userName (name) {
  if (name === 'filehelper') return name
  const found = people().filter(one => one.OriginalNickName === name || one.RemarkName === name)
  if (found.length !== 1) throw new Error(`${name}: ${found.length} found`)
  return found[0].UserName
}

const shown = user => (bot.contacts[user] || {}).OriginalNickName || user

bot.on('uuid', uuid => say({ event: 'code', uuid }))
bot.on('login', () => say({ event: 'login', name: bot.user.NickName }))
bot.on('logout', () => say({ event: 'logout' }))
bot.on('error', error => say({ event: 'trouble', text: String(error && error.stack) }))
// The members of groups that come with webwxinit have no nicknames (captured); bots ask for the group before they name anybody.
async function senderOf (message) {
  const prefix = message.FromUserName.startsWith('@@') && message.OriginalContent.match(/^(@[0-9a-f]+):<br\/>/)
  if (!prefix) return ''
  const member = () => bot.contacts[message.FromUserName].MemberList.find(one => one.UserName === prefix[1])
  if (!member() || !member().NickName) bot.updateContacts(await bot.batchGetContact([{ UserName: message.FromUserName }]))
  return member().NickName
}

bot.on('message', async message => {
  const kind = KINDS[message.MsgType]
  if (!kind || message.isSendBySelf) return
  const sender = await senderOf(message)
  // In a group the client puts a name in front of the text.
  const text = kind === 'sharing' ? message.FileName : sender ? message.Content.replace(/^.*?:\n/, '') : message.Content
  say({ event: 'message', kind, id: message.MsgId, chat: shown(message.FromUserName), sender, text, url: message.Url })
})

const sent = answer => ({ id: answer.MsgID, local: answer.LocalID })
const sendFile = ({ to, path: file }) =>
  bot.sendMsg({ file: fs.createReadStream(file), filename: path.basename(file) }, userName(to)).then(sent)

const ORDERS = {
  login: () => { bot.start() },
  contacts: () => {
    const names = some => some.map(one => one.OriginalNickName).sort()
    const others = people().filter(one => !isRoom(one) && one.UserName.startsWith('@') && !one.isSelf)
    return {
      friends: names(others.filter(one => !isOfficial(one))),
      officials: names(others.filter(isOfficial)),
      groups: names(people().filter(isRoom))
    }
  },
  members: async ({ of }) => {
    const [group] = await bot.batchGetContact([{ UserName: userName(of) }])
    return group.MemberList.map(one => one.NickName).sort()
  },
  send_text: ({ to, text }) => bot.sendMsg(text, userName(to)).then(sent),
  send_picture: sendFile,
  send_file: sendFile,
  picture: ({ of }) => bot.getMsgImg(of).then(picture => Buffer.from(picture.data).toString('base64')),
  recall: ({ of, to }) => bot.revokeMsg(of.id, userName(to)).then(() => null),
  remark: ({ of, name }) => bot.updateRemarkName(userName(of), name).then(() => null),
  remarked: ({ of }) => bot.contacts[userName(of)].RemarkName,
  logout: () => { bot.stop() }
}

let turn = Promise.resolve()
readline.createInterface({ input: process.stdin })
  .on('line', line => {
    const order = JSON.parse(line)
    turn = turn.then(() => ORDERS[order.order](order))
      .then(answer => say({ answer: answer === undefined ? null : answer }), error => say({ error: String(error.stack) }))
  })
  .on('close', () => process.exit(0))
