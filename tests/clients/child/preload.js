// Knows how to lead an unmodified node client to the emulator; refuses to know which client it is.
//
// Loaded with --require. HONGYAN_NAMES lists the host names that are answered at HONGYAN_PORT of the loopback address;
// every other name is unknown, so that no test reaches the network.
'use strict'

const net = require('net')

const names = new Set((process.env.HONGYAN_NAMES || '').split(',').filter(Boolean))
const port = Number(process.env.HONGYAN_PORT || 0)
const connect = net.Socket.prototype.connect

function unknown (name, _options, done) {
  const error = new Error(`${name} is outside the test`)
  error.code = 'ENOTFOUND'
  process.nextTick(done, error)
}

function rerouted (options) {
  if (options === null || typeof options !== 'object' || typeof options.host !== 'string') return options
  if (names.has(options.host)) return Object.assign({}, options, { host: '127.0.0.1', port })
  if (options.host === 'localhost' || options.host.startsWith('127.')) return options
  return Object.assign({}, options, { lookup: unknown })
}

// Both net and tls come through here, tls with its arguments already put into a list.
net.Socket.prototype.connect = function (...args) {
  if (Array.isArray(args[0])) args[0][0] = rerouted(args[0][0])
  else args[0] = rerouted(args[0])
  return connect.apply(this, args)
}
