// Knows how to carry out the test's orders through wechaty's public API; refuses to know the emulator.
//
// The talk is that of wechat4u_driver.js; wechaty is asked for less.
'use strict'

const readline = require('readline')

const write = process.stdout.write.bind(process.stdout)
const say = line => write(JSON.stringify(line) + '\n')
process.stdout.write = process.stderr.write.bind(process.stderr)

const load = name => require(require.resolve(name, { paths: [process.env.HONGYAN_PACKAGES] }))
const { WechatyBuilder } = load('wechaty')
const { FileBox } = load('file-box')
const { PuppetWechat4u } = load('wechaty-puppet-wechat4u')

const bot = WechatyBuilder.build({ puppet: new PuppetWechat4u() })

bot.on('scan', (code, status) => { if (status === 2) say({ event: 'code', uuid: code.split('/').pop() }) })
bot.on('login', user => say({ event: 'login', name: user.name() }))
bot.on('logout', () => say({ event: 'logout' }))
bot.on('error', error => say({ event: 'trouble', text: String(error && error.stack) }))
bot.on('message', async message => {
  const kind = { [bot.Message.Type.Text]: 'text', [bot.Message.Type.Image]: 'picture' }[message.type()]
  if (message.self() || !kind) return
  const room = message.room()
  const chat = room ? await room.topic() : message.talker().name()
  say({ event: 'message', kind, id: message.id, chat, sender: room ? message.talker().name() : '', text: kind === 'text' ? message.text() : '' })
})

const isRoom = id => id.startsWith('@@')

async function chatOf (name) {
  if (name === 'filehelper') return bot.Contact.load('filehelper')
  return await bot.Contact.find({ name }) || bot.Room.find({ topic: name })
}

const ORDERS = {
  login: () => { bot.start() },
  contacts: async () => {
    const all = await bot.Contact.findAll()
    // Whoever was seen first as a member of a group is kept as a stranger until looked at again.
    await Promise.all(all.map(one => one.sync()))
    const people = all.filter(one => one.friend() && !one.self() && !isRoom(one.id) && one.id.startsWith('@'))
    const official = one => one.type() === bot.Contact.Type.Official
    const names = some => some.map(one => one.name()).sort()
    const topics = await Promise.all((await bot.Room.findAll()).map(one => one.topic()))
    return {
      friends: names(people.filter(one => !official(one))),
      officials: names(people.filter(official)),
      groups: topics.sort()
    }
  },
  // wechaty gives nothing back for a message that it has sent.
  send_text: async ({ to, text }) => { await (await chatOf(to)).say(text) },
  send_picture: async ({ to, path }) => { await (await chatOf(to)).say(FileBox.fromFile(path)) },
  send_file: async ({ to, path }) => { await (await chatOf(to)).say(FileBox.fromFile(path)) },
  picture: async ({ of }) => (await (await bot.Message.find({ id: of })).toFileBox()).toBase64()
}

let turn = Promise.resolve()
readline.createInterface({ input: process.stdin })
  .on('line', line => {
    const order = JSON.parse(line)
    turn = turn.then(() => ORDERS[order.order](order))
      .then(answer => say({ answer: answer === undefined ? null : answer }), error => say({ error: String(error.stack) }))
  })
  .on('close', () => process.exit(0))
