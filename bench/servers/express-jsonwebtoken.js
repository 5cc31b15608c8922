// Express with jsonwebtoken as most tutorials write it: the secret is a string.
import express from 'express';
import jwt from 'jsonwebtoken';

const SECRET = 'a string secret of the length that tutorials use, or longer';

/** @param {express.Request} req @param {express.Response} res @param {express.NextFunction} next */
function authenticateToken(req, res, next) {
  const token = req.headers['authorization']?.split(' ')[1];
  if (token === undefined) {
    res.sendStatus(401);
    return;
  }
  jwt.verify(token, SECRET, (error, user) => {
    if (error) {
      res.sendStatus(403);
      return;
    }
    res.locals['user'] = user;
    next();
  });
}

const app = express();
app.get('/login', (_req, res) => {
  res.json({ access_token: jwt.sign({ sub: '1', username: 'ada' }, SECRET, { expiresIn: '1h' }) });
});
app.get('/profile', authenticateToken, (_req, res) => {
  res.json(res.locals['user']);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
