// Serves one page, rendered from page.md, and counts its visits in a file beside it.
const fs = require('fs');
const path = require('path');
const express = require('express');
const { marked } = require('marked');

const app = express();
const counter = path.join(__dirname, 'visits.txt');

app.get('/', (request, response) => {
  const visits = (fs.existsSync(counter) ? Number(fs.readFileSync(counter, 'utf8')) : 0) + 1;
  fs.writeFileSync(counter, `${visits}\n`);
  const page = fs.readFileSync(path.join(__dirname, 'page.md'), 'utf8');
  response.type('html').send(marked.parse(page.replace('{visits}', String(visits))));
});

// A port of the kernel's choosing: whoever started this server makes it reachable.
const server = app.listen(Number(process.env.PORT || 0), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
