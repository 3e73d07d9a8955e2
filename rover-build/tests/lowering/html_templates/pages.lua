-- 1, line 7
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 0, ( __data.kind)); __put(__b, 1, ( __data.text)); return __b end, __rover
-- 3, line 14
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, title, rows, type__) --[[budget]]  __put(__b, 2, ( title));
 for i, row in ipairs(rows) do --[[budget]]  
 __put(__b, 3, ( i)); __put(__b, 4, ( title)); __put(__b, 5, ( row.name)); __put(__b, 6, ( type__)); end 

 __put(__b, 7, ( rows)); return __b end, __rover
-- 4, line 25
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 8, ( __data.title)); __part(__b, 9, ( __parts.badge(__b,  { text = __data.text }))); return __b end, __rover
-- 5, line 28
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 10, ( #__data)); return __b end, __rover
-- 6, line 33
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 11, ( __data.a)); return __b end, __rover
-- 9, line 42
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, title) --[[budget]]  __put(__b, 12, ( title)); return __b end, __rover
-- 10, line 1
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, __data) --[[budget]]  __put(__b, 13, ( __data.title)); return __b end, __rover
-- 11, line 1
local __rover = (...).direct local __put, __run, __part, __components, __parts, __budget = __rover.put, __rover.run, __rover.part, __rover.components, __rover.parts, 1000 return function(__b, title) --[[budget]]  __put(__b, 13, ( title)); return __b end, __rover
