package io.pgmesh.services.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Which addresses only this machine reaches. */
final class Addresses {
  private Addresses() {}

  /**
   * @param address a name, an address or a range (CIDR)
   */
  static boolean loopback(String address) {
    String first = address.replaceFirst("/.*", "");
    if (first.isBlank() || prefixTooShort(address)) {
      return false;
    }
    try {
      return InetAddress.getByName(first).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** 127.0.0.0/8 is the loopback range; 127.0.0.0/7 reaches beyond it. */
  private static boolean prefixTooShort(String range) {
    int slash = range.indexOf('/');
    if (slash < 0) {
      return false;
    }
    int least = range.indexOf(':') >= 0 ? 128 : 8;
    return Integer.parseInt(range.substring(slash + 1)) < least;
  }
}
