package io.pgmesh.loadtests.gatling;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** {@code postgresql://user:password@host:port/database} as pgjdbc wants it. */
final class JdbcUrl {
  private static final String OPTIONS =
      "prepareThreshold=1&tcpKeepAlive=true&connectTimeout=60&socketTimeout=120"
          + "&ApplicationName=load-tests";

  private JdbcUrl() {}

  static String of(String url) {
    if (url.startsWith("jdbc:")) {
      return url + (url.contains("?") ? "&" : "?") + OPTIONS;
    }
    var uri = URI.create(url);
    var text = new StringBuilder("jdbc:postgresql://").append(uri.getHost());
    text.append(':').append(uri.getPort() < 0 ? 5432 : uri.getPort());
    text.append(uri.getRawPath().isEmpty() ? "/" : uri.getRawPath()).append('?').append(OPTIONS);
    if (uri.getUserInfo() != null) {
      String[] parts = uri.getUserInfo().split(":", 2);
      text.append("&user=").append(encoded(parts[0]));
      if (parts.length == 2) {
        text.append("&password=").append(encoded(parts[1]));
      }
    }
    if (uri.getRawQuery() != null) {
      text.append('&').append(uri.getRawQuery());
    }
    return text.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
