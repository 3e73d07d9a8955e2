return function(api)
  local books = api.books
  function books.get() return api.json { 1 } end
  books.p_id = { get = function(ctx) return { id = ctx:params().id } end }
end
