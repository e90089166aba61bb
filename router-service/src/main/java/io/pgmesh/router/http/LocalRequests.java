package io.pgmesh.router.http;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * Tells requests of this machine's own programs from those that a page of another site makes a
 * browser send.
 */
final class LocalRequests {
  /** An address or a name that no other site can make its own. */
  private static final Pattern LOCAL_HOST =
      Pattern.compile(
          "(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

  private LocalRequests() {}

  /**
   * @param authority host and port as the request names them
   * @param origin the Origin header, which browsers send with what a page asks for, or null
   */
  static boolean allowed(String authority, String origin) {
    if (!LOCAL_HOST.matcher(authority).matches()) {
      return false;
    }
    if (origin == null) {
      return true;
    }
    try {
      return authority.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
