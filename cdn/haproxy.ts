import { writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Balancer {
  /** Where the world comes in: `*:8080`. */
  bind: string
  /** The instances, as `host:port`. */
  instances: string[]
  /** Where they listen for the balancer's log, by UDP, as `host:port`: each instance's `BALANCER_LOG`. All get all lines. */
  logs: string[]
}

/** What the checked-in `haproxy.cfg` is made for: three instances on one machine. */
export const EXAMPLE: Balancer = {
  bind: '*:8080',
  instances: ['127.0.0.1:3001', '127.0.0.1:3002', '127.0.0.1:3003'],
  logs: ['127.0.0.1:5141', '127.0.0.1:5142', '127.0.0.1:5143'],
}

/** Seconds. Ten as in the talk: whoever waits longer for a click has gone. */
const TIMEOUT = 10
/** The live stream's heartbeat comes every 15 seconds; four missed ones mean that it is dead. */
const LIVE_TIMEOUT = 60

/**
 * The configuration of HAProxy 2.6 or later (Debian's): the balancer shares out requests and measures them, and does nothing that
 * an instance can do. No encoding, no files.
 * @see https://docs.haproxy.org/2.6/configuration.html
 */
export function haproxyConfig({ bind, instances, logs }: Balancer): string {
  const server = (address: string, index: number): string => `    server game${index + 1} ${address}`
  const servers = instances.map(server).join('\n')
  const receivers = logs.map((address) => `    log ${address} format raw local0\n`).join('')
  return `# Written by cdn/haproxy.ts: change it there, then "node cdn/haproxy.ts".
global
    log stdout format raw local0
${receivers}    maxconn 20000

defaults
    mode http
    log global
    timeout connect ${TIMEOUT}s
    timeout client ${TIMEOUT}s
    timeout server ${TIMEOUT}s
    timeout queue ${TIMEOUT}s
    timeout http-request ${TIMEOUT}s
    timeout http-keep-alive ${TIMEOUT}s
    # Small answers leave at once instead of waiting to be joined.
    option http-no-delay
    option http-server-close
    option forwardfor
    option redispatch 1
    retries 2

frontend game
    bind ${bind}
    # The instances log it and send it back as X-Request-Id: one name for a request from here to the browser.
    unique-id-format %{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid
    unique-id-header X-Request-Id
    # The instances read these lines too, and join them to their requests by the id (server/inspect/requests/balancer.ts).
    # TR: until the request was complete; Tw: in the queue; Tc: to connect; Tr: until the instance answered; Ta: all. Milliseconds.
    log-format "%ID %ST %B %TR/%Tw/%Tc/%Tr/%Ta %s %[var(txn.method)] %[var(txn.path)]"
    http-request set-var(txn.method) method
    http-request set-var(txn.path) path
    # What a client says of its way here is its own invention: the instances believe these.
    http-request del-header X-Forwarded-For
    http-request del-header Forwarded
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Host %[req.hdr(Host)]
    http-request del-header X-Request-Id
    use_backend live if { path /live }
    default_backend game

backend game
    balance roundrobin
    option httpchk GET /health/ready
    http-check expect status 200
    # Sent again to another instance only if that cannot do anything twice.
    retry-on conn-failure empty-response 502 503
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    default-server check inter 2s fall 2 rise 1 slowstart 5s maxconn 500
${servers}

backend live
    balance roundrobin
    option httpchk GET /health/ready
    http-check expect status 200
    timeout server ${LIVE_TIMEOUT}s
    default-server check inter 2s fall 2 rise 1
${servers}
`
}

if (import.meta.main) writeFileSync(path.join(import.meta.dirname, 'haproxy.cfg'), haproxyConfig(EXAMPLE))
