package io.pgmesh.services.launcher;

import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.config.ServersConfig;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How connections to servers are encrypted, and who must prove what. */
final class ServerTls {
  private ServerTls() {}

  static PgConnectOptions of(ServersConfig servers) {
    var options = new PgConnectOptions().setSslMode(mode(servers.tls()));
    return switch (servers.tls()) {
      case DISABLE -> options;
      case ALLOW, PREFER, REQUIRE ->
          options.setSslOptions(new ClientSSLOptions().setTrustAll(true)); // encrypted, not proven
      case VERIFY_CA -> options.setSslOptions(proven(servers));
      case VERIFY_FULL ->
          options.setSslOptions(proven(servers).setHostnameVerificationAlgorithm("HTTPS"));
    };
  }

  /** Why the coordinator database's server is not spoken to. */
  static String refused(MeshConfig config) {
    return "no encrypted connection to %s:%d: %s"
        .formatted(
            config.coordinator().host(),
            config.coordinator().port(),
            switch (config.servers().tls()) {
              case DISABLE, ALLOW, PREFER, REQUIRE -> "the TLS handshake failed";
              case VERIFY_CA ->
                  "servers.rootCertificatePath does not vouch for the server's certificate";
              case VERIFY_FULL ->
                  "servers.rootCertificatePath does not vouch for the server's certificate, or that"
                      + " is for another host name";
            });
  }

  private static SslMode mode(ServersConfig.Tls tls) {
    return switch (tls) {
      case DISABLE -> SslMode.DISABLE;
      case ALLOW -> SslMode.ALLOW;
      case PREFER -> SslMode.PREFER;
      case REQUIRE -> SslMode.REQUIRE;
      case VERIFY_CA -> SslMode.VERIFY_CA;
      case VERIFY_FULL -> SslMode.VERIFY_FULL;
    };
  }

  /** The file is read once, so that one that is being replaced breaks nothing. */
  private static ClientSSLOptions proven(ServersConfig servers) {
    try {
      Buffer root = Buffer.buffer(Files.readAllBytes(Path.of(servers.rootCertificatePath())));
      return new ClientSSLOptions().setTrustOptions(new PemTrustOptions().addCertValue(root));
    } catch (IOException e) {
      throw new UserError("cannot read " + servers.rootCertificatePath() + ": " + e.getMessage());
    }
  }
}
