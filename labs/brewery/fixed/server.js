// Back end of the brewery's app, repaired: customers sign in, and each reads and changes their own record only.
const path = require("node:path");
const express = require("express");
const bearer = require("../../lib/bearer");
const customers = require("../customers.json");

const app = express();
app.use(express.json());

const problem = (res, status, error) => res.status(status).json({ error });

app.get("/.well-known/security.txt", (req, res) => {
  res.type("text/plain").send("Contact: mailto:security@brewery.example\nExpires: 2030-01-01T00:00:00Z\n");
});

app.use("/v2", bearer(path.join(__dirname, "tokens.json")));

// Where the app starts: the caller, and nobody else.
app.get("/v2/customers", (req, res) => {
  const own = customers.filter((customer) => customer.customerId === req.subject);
  res.json({ customers: own.map(({ customerId, name }) => ({ customerId, name })) });
});

app.use("/v2/customers/:customerId", (req, res, next) => {
  req.customer = customers.find((each) => each.customerId === req.params.customerId);
  if (!req.customer || req.customer.customerId !== req.subject) return problem(res, 404, "no such customer");
  next();
});

app.get("/v2/customers/:customerId", (req, res) => res.json(req.customer));

app.patch("/v2/customers/:customerId", (req, res) => {
  const { phone, favouriteBar } = req.body;
  if (phone !== undefined) req.customer.phone = phone;
  if (favouriteBar !== undefined) req.customer.favouriteBar = favouriteBar;
  res.json(req.customer);
});

app.listen(process.env.PORT, "127.0.0.1");
