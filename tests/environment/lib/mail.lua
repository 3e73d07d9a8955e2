local env = rover.env { MAIL_FROM = rover.guard:string():format("email"):default("shop@example.org") }
return { from = env.MAIL_FROM }
