import { createHmac, generateKeyPairSync } from 'node:crypto';

/** Credentials of an App that exists nowhere. */
export function madeUpCredentials() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return { appId: 42, privateKey, webhookSecret: 'not-known-to-anybody' };
}

/** What GitHub sends along with a delivery. */
export function deliveryHeaders(event: string, id: string, body: string, secret: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}
