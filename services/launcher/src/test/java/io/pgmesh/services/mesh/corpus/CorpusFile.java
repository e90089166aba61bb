package io.pgmesh.services.mesh.corpus;

import io.pgmesh.services.mesh.corpus.Case.Flag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A file of the SQL corpus; its format is told in {@code corpus/README.md}. */
record CorpusFile(String name, List<Case> cases) {

  /** All files of the corpus, by name. */
  static List<CorpusFile> all() {
    try (var files =
        Files.list(
            Path.of(Objects.requireNonNull(CorpusFile.class.getResource("/corpus")).toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(".sql"))
          .sorted()
          .map(CorpusFile::read)
          .toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the corpus cannot be read", e);
    }
  }

  private static CorpusFile read(Path file) {
    try {
      return parse(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CorpusFile parse(String name, String text) {
    var cases = new ArrayList<Case>();
    var paragraph = new ArrayList<String>();
    int number = 0;
    int begin = 1;
    for (String line : (text + "\n\n").split("\n", -1)) {
      number++;
      if (!line.isBlank()) {
        if (paragraph.isEmpty()) {
          begin = number;
        }
        paragraph.add(line);
      } else if (!paragraph.isEmpty()) {
        Case parsed = new Paragraph(name, begin).parse(paragraph);
        if (!parsed.sql().isBlank()) {
          cases.add(parsed);
        }
        paragraph.clear();
      }
    }
    return new CorpusFile(name, List.copyOf(cases));
  }

  /** A paragraph being read. */
  private static final class Paragraph {
    private final String file;
    private final int line;
    private final EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    private final List<List<String>> arguments = new ArrayList<>();
    private final List<String> copyLines = new ArrayList<>();
    private final List<String> sql = new ArrayList<>();
    private String error = "";
    private String refused = "";
    private int fetch;

    Paragraph(String file, int line) {
      this.file = file;
      this.line = line;
    }

    Case parse(List<String> lines) {
      boolean head = true;
      boolean data = false;
      for (String text : lines) {
        head = head && text.startsWith("--");
        if (head) {
          directive(text.substring(2).strip());
        } else if (text.equals("\\data")) {
          data = true;
        } else {
          (data ? copyLines : sql).add(text);
        }
      }
      if (arguments.isEmpty()) {
        arguments.add(List.of());
      }
      return new Case(
          file, line, String.join("\n", sql), flags, arguments, error, refused, fetch, copyLines);
    }

    private void directive(String text) {
      String[] words = text.split("\\s+", 2);
      String rest = words.length > 1 ? words[1] : "";
      switch (words[0]) {
        case "#" -> {} // a remark
        case "error" -> error = rest.strip();
        case "unsupported" -> refused = "0A000";
        case "refused" -> refused = rest.strip();
        case "fetch" -> fetch = Integer.parseInt(rest.strip());
        case "params" -> arguments.add(Parameters.parse(rest));
        default -> {
          try {
            flags.add(Flag.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_')));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                file + ":" + line + ": no such directive: " + text, e);
          }
        }
      }
    }
  }
}
