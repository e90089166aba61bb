package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.TypeParts;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where values of a type, in binary, name types by their oids: arrays name that of their elements,
 * rows those of their columns. A worker knows users' types under other oids than the coordinator
 * database, which is the one that clients ask.
 */
sealed interface TypeShape {
  int NULL_LENGTH = -1;
  long FIRST_USER_OID = 16384;

  /** Names no types. */
  record Plain() implements TypeShape {}

  record Array(long elementOid, TypeShape element) implements TypeShape {}

  record Row(List<Long> columnOids, List<TypeShape> columns) implements TypeShape {}

  record Range(TypeShape bound) implements TypeShape {}

  record Multirange(TypeShape bound) implements TypeShape {}

  TypeShape PLAIN = new Plain();

  /** Those of some types, {@link #PLAIN} for all whose values name no users' types. */
  static Map<Long, TypeShape> of(List<TypeParts> types) {
    Map<Long, TypeParts> parts = new HashMap<>();
    types.forEach(type -> parts.put(type.oid(), type));
    Map<Long, TypeShape> shapes = new HashMap<>();
    types.forEach(type -> shapes.put(type.oid(), of(type.oid(), parts)));
    return shapes;
  }

  /** No type has itself as a part. */
  private static TypeShape of(long oid, Map<Long, TypeParts> types) {
    return Optional.ofNullable(types.get(oid)).map(type -> of(type, types)).orElse(PLAIN);
  }

  private static TypeShape of(TypeParts type, Map<Long, TypeParts> types) {
    List<TypeShape> parts = type.parts().stream().map(part -> of(part, types)).toList();
    boolean plain = parts.stream().allMatch(PLAIN::equals);
    boolean users = type.parts().stream().anyMatch(part -> part >= FIRST_USER_OID);
    return switch (type.kind()) {
      case ARRAY -> plain && !users ? PLAIN : new Array(type.parts().getFirst(), parts.getFirst());
      case ROW -> plain && !users ? PLAIN : new Row(type.parts(), parts);
      case DOMAIN -> parts.getFirst();
      case RANGE -> plain ? PLAIN : new Range(parts.getFirst());
      case MULTIRANGE -> plain ? PLAIN : new Multirange(parts.getFirst());
    };
  }

  /** Puts the oids of this shape in a value's place of them. */
  default void name(Buffer value, int at) {
    switch (this) {
      case Plain() -> {}
      case Array(var elementOid, var element) -> nameElements(value, at, elementOid, element);
      case Row(var oids, var columns) -> nameColumns(value, at, oids, columns);
      case Range(var bound) -> nameBounds(value, at, bound);
      case Multirange(var bound) -> {
        int next = at + 4;
        for (int left = value.getInt(at); left > 0; left--) {
          nameBounds(value, next + 4, bound);
          next += 4 + value.getInt(next);
        }
      }
    }
  }

  /** Dimensions, whether there are NULLs, the type, size and lower bound of each dimension. */
  private static void nameElements(Buffer value, int at, long elementOid, TypeShape element) {
    int dimensions = value.getInt(at);
    value.setInt(at + 8, (int) elementOid);
    if (element instanceof Plain) {
      return;
    }
    int count = dimensions == 0 ? 0 : 1;
    for (int i = 0; i < dimensions; i++) {
      count *= value.getInt(at + 12 + 8 * i);
    }
    int next = at + 12 + 8 * dimensions;
    for (int i = 0; i < count; i++) {
      next = nameSized(value, next, element);
    }
  }

  private static void nameColumns(Buffer value, int at, List<Long> oids, List<TypeShape> columns) {
    int next = at + 4;
    int count = Math.min(value.getInt(at), oids.size());
    for (int i = 0; i < count; i++) {
      value.setInt(next, (int) (long) oids.get(i));
      next = nameSized(value, next + 4, columns.get(i));
    }
  }

  /** A byte that says which bounds follow. */
  private static void nameBounds(Buffer value, int at, TypeShape bound) {
    int flags = value.getByte(at);
    boolean empty = (flags & 0x01) != 0;
    boolean lower = !empty && (flags & (0x08 | 0x20)) == 0;
    boolean upper = !empty && (flags & (0x10 | 0x40)) == 0;
    int next = at + 1;
    next = lower ? nameSized(value, next, bound) : next;
    if (upper) {
      nameSized(value, next, bound);
    }
  }

  /** A value behind its length; answers where the next one begins. */
  private static int nameSized(Buffer value, int at, TypeShape shape) {
    int length = value.getInt(at);
    if (length == NULL_LENGTH) {
      return at + 4;
    }
    shape.name(value, at + 4);
    return at + 4 + length;
  }
}
