package io.pgmesh.router.wire;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetSocket;

/**
 * Turns a client's plain connection into an encrypted one when it asks for that. Goes to the
 * socket's pipeline itself: {@code NetSocket.upgradeToSsl} of Vert.x 5.0.8 fails in every verticle
 * but the first of those that share a port.
 */
public final class TlsUpgrade {
  private final SslContext context;

  private TlsUpgrade(SslContext context) {
    this.context = context;
  }

  /** Reads key and certificate. */
  public static Future<TlsUpgrade> load(Vertx vertx, KeyCertOptions keyAndCertificate) {
    return vertx.executeBlocking(
        () ->
            new TlsUpgrade(
                SslContextBuilder.forServer(keyAndCertificate.getKeyManagerFactory(vertx))
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build()));
  }

  /** Answers an SSLRequest: what follows in both directions is encrypted. */
  public void accept(NetSocket socket) {
    var pipeline = ((NetSocketInternal) socket).channelHandlerContext().pipeline();
    socket.write(Buffer.buffer("S")); // on this event loop: gone before the handler is there
    pipeline.addFirst("ssl", new SslHandler(context.newEngine(pipeline.channel().alloc())));
  }
}
