// A mail server for the stories: it keeps what it is told, headers and words as they came, or knows no mailbox for a while.
import { once } from "node:events";
import { createServer } from "node:net";

/** Opens one on a free port. */
export async function open_mail_server() {
  const mails = [];
  let refusal = null;
  const server = createServer((socket) => {
    let mail;
    let rest = "";
    socket.write("220 sink\r\n");
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      const lines = (rest + bytes).split("\r\n");
      rest = lines.pop();
      for (const line of lines) {
        if (mail !== undefined && line !== ".") mail += `${line}\n`;
        else if (mail !== undefined) {
          mails.push(mail);
          mail = undefined;
          socket.write("250 kept\r\n");
        } else if (line === "DATA") {
          mail = "";
          socket.write("354 go on\r\n");
        } else if (refusal && line.startsWith("RCPT")) socket.write(`${refusal}\r\n`);
        else socket.write(line === "QUIT" ? "221 bye\r\n" : "250 well\r\n");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { mails, refuse: (answer) => { refusal = answer; }, url: `smtp+plain://127.0.0.1:${server.address().port}`, close: () => new Promise((done) => server.close(done)) };
}

/** The words of a mail in two forms: those of its text. */
export function words_of(mail) {
  const boundary = /boundary="([^"]+)"/.exec(mail)[1];
  const part = mail.split(`--${boundary}`).find((one) => one.includes("text/plain"));
  return Buffer.from(part.split("\n\n").slice(1).join(""), "base64").toString("utf8");
}
