package io.pgmesh.router.http;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Who asks over HTTP.
 *
 * @param password empty when none was shown
 */
record Login(String role, String password, String database) {

  /**
   * Reads {@code postgresql://role:password@host/database}; what is absent is as in {@code
   * standard}.
   *
   * @throws SqlError 22023 malformed
   */
  static Login parse(String connectionString, Login standard) {
    try {
      var uri = new URI(connectionString);
      String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
      int colon = user.indexOf(':');
      String role = decode(colon < 0 ? user : user.substring(0, colon));
      String password = colon < 0 ? "" : decode(user.substring(colon + 1));
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      String database = path.length() > 1 ? decode(path.substring(1)) : "";
      return new Login(
          role.isEmpty() ? standard.role : role,
          password,
          database.isEmpty() ? standard.database : database);
    } catch (URISyntaxException | IllegalArgumentException e) {
      // The text may hold a password: it is not repeated.
      throw new SqlError(SqlState.INVALID_PARAMETER_VALUE, "the connection string is malformed");
    }
  }

  /**
   * Reads {@code Basic} and {@code role:password} in base 64.
   *
   * @throws SqlError 28000 malformed
   */
  static Login basic(String authorization, Login standard) {
    String[] words = authorization.strip().split("\\s+");
    if (words.length != 2 || !words[0].equalsIgnoreCase("Basic")) {
      throw malformed();
    }
    try {
      String text = new String(Base64.getDecoder().decode(words[1]), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      if (colon < 1) {
        throw malformed();
      }
      return new Login(text.substring(0, colon), text.substring(colon + 1), standard.database);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private static SqlError malformed() {
    return new SqlError(
        SqlState.INVALID_AUTHORIZATION,
        "the Authorization header must be \"Basic\" and role:password in base 64");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() { // keeps the password out of logs
    return "Login[role=" + role + ", database=" + database + "]";
  }
}
