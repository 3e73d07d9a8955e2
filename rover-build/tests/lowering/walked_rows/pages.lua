-- 3, line 9
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, title, rows) --[[budget]]  __put(__b, 0, ( title)); if __count(rows) == 0 then  __run(__b, 1); end  __run(__b, 2);
 for i, row, __rows1 in __walk(rows) do --[[budget]]   __put_cell(__b, 3, __rows1, row, "b"); __put(__b, 4, ( i)); __put_cell(__b, 5, __rows1, row, "a"); if __cell(__rows1, row, "b") then  __run(__b, 6); end  __run(__b, 7); end  return __b end, __rover
-- 6, line 16
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows, n) --[[budget]]  for _, row, __rows1 in __walk(rows) do --[[budget]]   __put(__b, 5, ( __cell(__rows1, row, "a") + n)); end  return __b end, __rover
-- 9, line 17
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows, other) --[[budget]]  for _, a, __rows1 in __walk(rows) do --[[budget]]   for b in __walk(other) do --[[budget]]   __put_cell(__b, 5, __rows1, a, "x"); __put(__b, 5, ( b)); end  end  return __b end, __rover
-- 12, line 22
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row, __rows1 in __walk(rows) do --[[budget]]   __put_cell(__b, 5, __rows1, row, "a"); end  return __b end, __rover
-- 14, line 23
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, part, n) --[[budget]]  __put(__b, 5, ( part)); __put(__b, 5, ( n)); return __b end, __rover
-- 17, line 25
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row, __rows1 in __walk(rows) do --[[budget]]   __put_cell(__b, 5, __rows1, row, "a b"); end  return __b end, __rover
-- 20, line 60
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row, __rows1 in __walk(rows) do --[[budget]]   __put_cell(__b, 5, __rows1, row, "a"); end  return __b end, __rover
-- 21, line 64
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 5, ( __data.a)); return __b end, __rover
-- 23, line 65
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in ipairs(rows) do --[[budget]]   __part(__b, 5, ( __parts.card(__b, row))); end  return __b end, __rover
-- 25, line 66
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in ipairs(rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  __put(__b, 5, ( rows[1].a)); return __b end, __rover
-- 26, line 67
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  for _, row in ipairs(__data.rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 28, line 68
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in pairs(rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 30, line 69
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in ipairs(rows) do --[[budget]]   local f = function() --[[budget]]  return row.a end  __put(__b, 5, ( f())); end  return __b end, __rover
-- 32, line 70
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in ipairs(rows) do --[[budget]]   row.a = 2  __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 33, line 74
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  for _, row in ipairs(__data.rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 35, line 76
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, row) --[[budget]]  __put(__b, 5, ( row.a)); return __b end, __rover
-- 36, line 79
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  for _, row in ipairs(__data.rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 39, line 82
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  for _, row in ipairs(__data.rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 43, line 88
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows, more) --[[budget]]  for _, a in ipairs(rows) do --[[budget]]   __put(__b, 5, ( a.a)); end  for _, a in ipairs(more) do --[[budget]]   __put(__b, 5, ( a.a)); end  return __b end, __rover
-- 46, line 117
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  for _, row in ipairs(rows) do --[[budget]]   __put(__b, 5, ( row.a)); end  return __b end, __rover
-- 48, line 1
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __run(__b, 8); for _, row in
ipairs(__data.rows) do --[[budget]]   __put(__b, 9, ( row.
a)); end  __run(__b, 10); return __b end, __rover
-- 50, line 1
local __rover = (...).direct local __put_cell, __cell, __walk, __count = __rover.put_cell, __rover.cell, __rover.walk, __rover.count local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, rows) --[[budget]]  __run(__b, 8); for _, row, __rows1 in __walk(
rows) do --[[budget]]   __put_cell(__b, 9, __rows1, row, "a")
; end  __run(__b, 10); return __b end, __rover
