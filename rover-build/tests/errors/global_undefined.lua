local api = rover.server {}
settings = { name = "x" }

local function length(x) return #x end

function api.a.get(ctx)
  return { lenght(ctx.path), tostrng(1), setings.name, upper("a") }
end

function api.b.get(ctx)
  return later(ctx)
end

local function later(ctx) return "b" end

function api.c.get(ctx)
  if ctx.path == "/c" then
    local found = 1
  end
  return found
end

local M = {}
function M.add(n) self.n = n end

function api.d.get(ctx)
  M.add(1)
  return app.name, nil
end

-- Defined somewhere, or asked for first.
_G.shown = 1
rawset(_G, "kept", 2)
load("made = 3")()
function defined() end
local jit = jit
local unpack = table.unpack or unpack or elsewhere
if bit32 and ffi_there then print(bit32.band(1, 2)) end
if type(probed) == "function" then probed() end
local null = ngx ~= nil and ngx.null
function api.e.get(ctx)
  assigned = 1
  return { shown, kept, made, defined(), assigned, _VERSION, jit and jit.os, unpack, null }
end

return api
