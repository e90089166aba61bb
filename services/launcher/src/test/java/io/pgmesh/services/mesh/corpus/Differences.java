package io.pgmesh.services.mesh.corpus;

import io.pgmesh.services.mesh.corpus.Case.Flag;
import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.Reply.Failure;
import io.pgmesh.services.mesh.wire.Reply.Result;
import io.pgmesh.services.mesh.wire.Reply.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a client would notice between two servers' answers to the same requests. */
final class Differences {
  // what a client can act on; file, line and routine of the server's source may differ
  private static final List<String> ERROR_FIELDS =
      List.of("S", "V", "C", "M", "D", "H", "P", "s", "t", "c", "d", "n");
  private static final int FIRST_USER_OID = 16384;
  private static final int SHOWN = 6;

  private final Case test;
  private final List<String> found = new ArrayList<>();

  private Differences(Case test) {
    this.test = test;
  }

  /** Differences in words, none when the answers are equal. */
  static List<String> between(List<Reply> plain, List<Reply> mesh, Case test) {
    var differences = new Differences(test);
    differences.compare("number of answers", plain.size(), mesh.size());
    for (int i = 0; i < Math.min(plain.size(), mesh.size()); i++) {
      differences.replies(plain.get(i), mesh.get(i));
    }
    return differences.found;
  }

  private void replies(Reply plain, Reply mesh) {
    if (plain.results().size() != mesh.results().size()) {
      compare("results", plain.results(), mesh.results());
    }
    for (int i = 0; i < Math.min(plain.results().size(), mesh.results().size()); i++) {
      results(plain.results().get(i), mesh.results().get(i));
    }
    compare("transaction status", plain.status(), mesh.status());
    compare("parameter status", plain.settings(), mesh.settings());
    if (!test.has(Flag.STATE_ONLY)) {
      compare("notices", notices(plain), notices(mesh));
    }
    if (plain.failure() == null && mesh.failure() == null) {
      compare("parameter types", builtIn(plain), builtIn(mesh));
    }
  }

  private static List<Integer> builtIn(Reply reply) {
    return reply.parameterTypes().stream().map(Differences::comparable).toList();
  }

  private static int comparable(int typeOid) {
    return Math.min(typeOid, FIRST_USER_OID); // a user's type has another oid in every database
  }

  private static List<String> notices(Reply reply) {
    return reply.notices().stream().map(n -> errorText(n, List.of("S", "C", "M", "D"))).toList();
  }

  private void results(Result plain, Result mesh) {
    if (plain instanceof Rows left && mesh instanceof Rows right) {
      rows(left, right);
    } else if (plain instanceof Failure left && mesh instanceof Failure right) {
      var fields = test.has(Flag.STATE_ONLY) ? List.of("S", "C") : ERROR_FIELDS;
      compare("error", errorText(left.fields(), fields), errorText(right.fields(), fields));
    } else if (plain instanceof Reply.CopyOut left && mesh instanceof Reply.CopyOut right) {
      compare("tag", left.tag(), right.tag());
      compare("copied rows", inOrder(left.lines()), inOrder(right.lines()));
    } else {
      compare("result", plain, mesh);
    }
  }

  private void rows(Rows plain, Rows mesh) {
    compare("columns", columns(plain), columns(mesh));
    compare("tag", plain.tag(), mesh.tag());
    if (test.has(Flag.VOLATILE)) {
      return;
    }
    var left = inOrder(plain.values());
    var right = inOrder(mesh.values());
    if (!left.equals(right)) {
      var onlyPlain = without(left, right);
      var onlyMesh = without(right, left);
      String where = onlyPlain.isEmpty() && onlyMesh.isEmpty() ? "rows in another order" : "rows";
      differ(
          where,
          onlyPlain.isEmpty() && onlyMesh.isEmpty()
              ? brief(left)
              : "only here: " + brief(onlyPlain),
          onlyPlain.isEmpty() && onlyMesh.isEmpty()
              ? brief(right)
              : "only here: " + brief(onlyMesh));
    }
  }

  private static List<String> columns(Rows rows) {
    return rows.fields().stream()
        .map(f -> f.name() + ":" + comparable(f.typeOid()) + "(" + f.typeModifier() + ")")
        .toList();
  }

  private <T> List<T> inOrder(List<T> values) {
    return test.ordered()
        ? values
        : values.stream().sorted(Comparator.comparing(String::valueOf)).toList();
  }

  private static <T> List<T> without(List<T> values, List<T> taken) {
    var left = new ArrayList<>(values);
    taken.forEach(left::remove);
    return left;
  }

  private static String brief(List<?> values) {
    var shown = values.subList(0, Math.min(SHOWN, values.size()));
    return shown + (values.size() > SHOWN ? " … " + values.size() + " in all" : "");
  }

  static String errorText(Map<String, String> fields, List<String> wanted) {
    return String.join(
        " ",
        wanted.stream().filter(fields::containsKey).map(f -> f + "=" + fields.get(f)).toList());
  }

  private void compare(String what, Object plain, Object mesh) {
    if (!Objects.equals(plain, mesh)) {
      differ(what, String.valueOf(plain), String.valueOf(mesh));
    }
  }

  private void differ(String what, String plain, String mesh) {
    found.add(what + "\n      plain: " + plain + "\n      mesh:  " + mesh);
  }
}
