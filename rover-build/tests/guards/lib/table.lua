-- A table that is written out whole.
return {
  book = {
    type = "object",
    schema = {
      title = { type = "string", required = "A title, please", len = { 1, 80 } },
      price = { type = "number", min = 0.5, max = 1000 },
      tags = { type = "array", element = { type = "string", pattern = "^[%a\\]+$" }, max = 3, default = {} },
    },
  },
}
