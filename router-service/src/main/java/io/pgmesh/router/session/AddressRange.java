package io.pgmesh.router.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Addresses that share their first bits.
 *
 * @param address not to be changed
 */
public record AddressRange(byte[] address, int bits) {

  /**
   * Reads {@code 10.0.0.0/8}, {@code ::1} or the like.
   *
   * @throws IllegalArgumentException neither an address nor a range
   */
  public static AddressRange parse(String text) {
    String[] parts = text.split("/", 2);
    if (!parts[0].matches("[0-9a-fA-F:.]+")) { // a name would be looked up
      throw new IllegalArgumentException("not an address range: " + text);
    }
    try {
      byte[] address = InetAddress.getByName(parts[0]).getAddress();
      int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : address.length * 8;
      if (bits < 0 || bits > address.length * 8) {
        throw new IllegalArgumentException("not an address range: " + text);
      }
      return new AddressRange(address, bits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException("not an address range: " + text, e);
    }
  }

  public boolean contains(byte[] candidate) {
    if (candidate.length != address.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(address, 0, whole, candidate, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || (address[whole] ^ candidate[whole]) >> (8 - rest) == 0;
  }
}
