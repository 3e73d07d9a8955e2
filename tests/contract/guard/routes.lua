-- Contract section 7: every type and option, against a body.
local api = rover.server {}
local g = rover.guard

-- Each is one field, `v`.
local SCHEMAS = {
  string = g:string(),
  number = g:number(),
  integer = g:integer(),
  boolean = g:boolean(),
  any = g:any(),
  list = g:array(g:integer()),
  lists = g:array(g:array(g:string():required())),
  record = g:object { a = g:string():required(), b = g:integer():default(7) },
  required = g:string():required(),
  message = g:string():required("Say something"),
  default = g:string():default("d"),
  default_list = g:array(g:string()):default { "x", "y" },
  default_record = g:object { a = g:string():default("inner") }:default {},
  default_any = g:any():default { a = { 1, 2 }, b = rover.null },
  enum = g:string():enum { "a", "b" },
  min = g:number():min(1.5),
  max = g:integer():max(3),
  range = g:integer():min(1):max(5),
  len = g:string():len(2, 4),
  exact = g:string():len(3),
  shortest = g:string():min(2),
  longest = g:string():max(1),
  items = g:array(g:any()):len(1, 2),
  pattern = g:string():pattern("^%u%l+$"),
  email = g:string():format("email"),
  uuid = g:string():format("uuid"),
  date_time = g:string():format("date-time"),
  uri = g:string():format("uri"),
  nullable = g:string():nullable(),
  nullable_required = g:integer():required():nullable(),
  nullable_items = g:array(g:integer():nullable()),
  many = g:string():len(3, 9):pattern("^%d+$"):format("email"),
  plain = { type = "string", required = true, enum = { "p", "q" } },
  plain_list = { type = "array", element = { type = "integer", min = 0 }, max = 2, default = {} },
  plain_record = { type = "object", schema = { a = { type = "boolean", required = "a is missing" } } },
  fields = { a = g:string(), type = g:string() },
}

-- Not known at build, so that it is the VM that makes and checks.
for name, schema in pairs(SCHEMAS) do
  api.made[name].post = function(ctx) return ctx:body():expect { v = schema } end
end

-- The same, each a constant.
api.string.post = function(ctx) return ctx:body():expect(g:object { v = g:string() }) end
function api.number.post(ctx) return ctx:body():expect { v = g:number() } end
function api.integer.post(ctx) return ctx:body():expect { v = g:integer() } end
function api.boolean.post(ctx) return ctx:body():expect { v = g:boolean() } end
function api.any.post(ctx) return ctx:body():expect { v = g:any() } end
function api.list.post(ctx) return ctx:body():expect { v = g:array(g:integer()) } end
function api.lists.post(ctx) return ctx:body():expect { v = g:array(g:array(g:string():required())) } end
function api.record.post(ctx)
  return ctx:body():expect { v = g:object { a = g:string():required(), b = g:integer():default(7) } }
end
function api.required.post(ctx) return ctx:body():expect { v = g:string():required() } end
function api.message.post(ctx) return ctx:body():expect { v = g:string():required("Say something") } end
function api.default.post(ctx) return ctx:body():expect { v = g:string():default("d") } end
function api.default_list.post(ctx) return ctx:body():expect { v = g:array(g:string()):default { "x", "y" } } end
function api.default_record.post(ctx)
  return ctx:body():expect { v = g:object { a = g:string():default("inner") }:default {} }
end
function api.default_any.post(ctx)
  return ctx:body():expect { v = g:any():default { a = { 1, 2 }, b = rover.null } }
end
function api.enum.post(ctx) return ctx:body():expect { v = g:string():enum { "a", "b" } } end
function api.min.post(ctx) return ctx:body():expect { v = g:number():min(1.5) } end
function api.max.post(ctx) return ctx:body():expect { v = g:integer():max(3) } end
function api.range.post(ctx) return ctx:body():expect { v = g:integer():min(1):max(5) } end
function api.len.post(ctx) return ctx:body():expect { v = g:string():len(2, 4) } end
function api.exact.post(ctx) return ctx:body():expect { v = g:string():len(3) } end
function api.shortest.post(ctx) return ctx:body():expect { v = g:string():min(2) } end
function api.longest.post(ctx) return ctx:body():expect { v = g:string():max(1) } end
function api.items.post(ctx) return ctx:body():expect { v = g:array(g:any()):len(1, 2) } end
function api.pattern.post(ctx) return ctx:body():expect { v = g:string():pattern("^%u%l+$") } end
function api.email.post(ctx) return ctx:body():expect { v = g:string():format("email") } end
function api.uuid.post(ctx) return ctx:body():expect { v = g:string():format("uuid") } end
function api.date_time.post(ctx) return ctx:body():expect { v = g:string():format("date-time") } end
function api.uri.post(ctx) return ctx:body():expect { v = g:string():format("uri") } end
function api.nullable.post(ctx) return ctx:body():expect { v = g:string():nullable() } end
function api.nullable_required.post(ctx) return ctx:body():expect { v = g:integer():required():nullable() } end
function api.nullable_items.post(ctx) return ctx:body():expect { v = g:array(g:integer():nullable()) } end
function api.many.post(ctx)
  return ctx:body():expect { v = g:string():len(3, 9):pattern("^%d+$"):format("email") }
end
function api.plain.post(ctx)
  return ctx:body():expect { v = { type = "string", required = true, enum = { "p", "q" } } }
end
function api.plain_list.post(ctx)
  return ctx:body():expect {
    v = { type = "array", element = { type = "integer", min = 0 }, max = 2, default = {} },
  }
end
function api.plain_record.post(ctx)
  return ctx:body():expect {
    v = { type = "object", schema = { a = { type = "boolean", required = "a is missing" } } },
  }
end
function api.fields.post(ctx) return ctx:body():expect { v = { a = g:string(), type = g:string() } } end

-- The same again, of a Lua value.
for name, schema in pairs(SCHEMAS) do
  api.guarded[name].post = function(ctx) return rover.guard(ctx:body():json(), { v = schema }) end
end

return api
