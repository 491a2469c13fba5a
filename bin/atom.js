#!/usr/bin/env node
'use strict'
// Plain old syntax on purpose: an older Node must get as far as the message below. docs/starting.md tells the rest.
var version = process.versions.node.split('.')
if (Number(version[0]) < 20 || (version[0] === '20' && Number(version[1]) < 19)) {
  process.stderr.write('error: atom needs Node 20.19 or newer, this is ' + process.versions.node + '\n')
  process.exit(9)
}

var fs = require('fs')
var path = require('path')
var vm = require('vm')
var folder = path.join(__dirname, '..', 'dist', 'bundle')
// As in build-cache.mjs.
var USUAL = ['add', 'log', 'show', 'branch', 'status']
var loaded = {}
var atom, rest

// Runs a bundle with the code that V8 compiled when it was built. Without that cache, or with one of another V8, it only starts slower.
function run(name, command) {
  var file = path.join(folder, name)
  var cachedData = command === undefined ? undefined : read(file + '.' + command + '.cache')
  if (cachedData === undefined) cachedData = read(file + '.cache')
  var script = new vm.Script(fs.readFileSync(file, 'latin1'), { filename: file, cachedData: cachedData })
  var module = { exports: {} }
  script.runInThisContext()(module.exports, load, module, file, path.dirname(file))
  return module.exports
}

function read(file) {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    return undefined
  }
}

// The first word that is the name of a usual command, which has a cache of its own. Where it is something else, that cache only helps less.
function usualCommand(words) {
  for (var index = 0; index < words.length; index++) {
    if (words[index] === '--') return undefined
    if (USUAL.indexOf(words[index]) !== -1) return words[index]
    if (/^[A-Z]/.test(words[index])) return 'add'
  }
  return undefined
}

// What only some commands use is in a second bundle, packages that few use in bundles of their own, beside the first one.
function load(name) {
  if (name.slice(0, 5) === 'part:') return part(name)
  if (name.slice(0, 9) !== './vendor/') return require(name)
  if (loaded[name] === undefined) loaded[name] = run(name)
  return loaded[name]
}

function part(name) {
  if (Object.prototype.hasOwnProperty.call(atom.parts, name)) return atom.parts[name]()
  if (rest === undefined) rest = run('rest.cjs')
  return rest.parts[name]()
}

if (!fs.existsSync(path.join(folder, 'atom.cjs'))) {
  process.stderr.write('error: atom is not built\nhint: npm run build\n')
  process.exit(9)
}
atom = run('atom.cjs', usualCommand(process.argv.slice(2)))
atom.main(process.argv.slice(2)).then(function (code) { process.exit(code) })
