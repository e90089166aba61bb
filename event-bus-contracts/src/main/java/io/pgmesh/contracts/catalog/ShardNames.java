package io.pgmesh.contracts.catalog;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names of shards' tables, indexes and constraints. The SQL function {@code pgmesh.shard_name}
 * follows the same rule.
 */
public final class ShardNames {

  /** PostgreSQL's limit for a name, in bytes. */
  public static final int MAX_BYTES = 63;

  private ShardNames() {}

  /**
   * The name with the suffix {@code _<shardid>}; one that grows too long is cut and gets eight
   * digits of its MD5 in between.
   *
   * @param name not quoted
   */
  public static String of(String name, long shardId) {
    String suffix = "_" + shardId;
    return withoutSuffix(name, shardId) + suffix;
  }

  /** What comes before the suffix: the name itself, unless it is too long. */
  public static String withoutSuffix(String name, long shardId) {
    int available = MAX_BYTES - bytes("_" + shardId);
    if (bytes(name) <= available) {
      return name;
    }
    String digits = "_" + md5(name).substring(0, 8);
    return cut(name, available - bytes(digits)) + digits;
  }

  /** The longest beginning of a name that has at most this many bytes. */
  public static String cut(String name, int maxBytes) {
    int end = name.length();
    while (bytes(name.substring(0, end)) > maxBytes) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end);
  }

  /** Length of a name in bytes, as PostgreSQL counts it. */
  public static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String md5(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException(absent); // every Java platform has MD5
    }
  }
}
