package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.catalog.MeshTable;
import io.pgmesh.contracts.catalog.MeshTable.Distributed;
import io.pgmesh.contracts.catalog.Shard;
import io.pgmesh.contracts.catalog.ShardNames;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.SqlWriter;
import java.util.ArrayList;
import java.util.List;

/** A DDL statement's text with the places where servers differ. */
final class DdlText {

  /** A place where servers differ. */
  private sealed interface Place {
    /** Name of an index or constraint: with the shard's suffix on shards. */
    record ObjectName(Phrase at, String name) implements Place {}

    /** A name that the client left out. */
    record NewName(int offset, String before, String name) implements Place {}

    record TableName(Phrase at, MeshTable table) implements Place {}
  }

  private final Phrase statement;
  private final List<Place> places = new ArrayList<>();

  DdlText(Phrase statement) {
    this.statement = statement;
  }

  void objectName(Phrase at) {
    places.add(new Place.ObjectName(at, at.identifiers().getLast()));
  }

  /**
   * @param before a key word that introduces the name
   */
  void newName(int offset, String before, String name) {
    places.add(new Place.NewName(offset, before, name));
  }

  void table(Phrase at, MeshTable table) {
    places.add(new Place.TableName(at, table));
  }

  SqlText forCoordinator() {
    SqlWriter.Replacing text = new SqlWriter.Replacing(statement.sql());
    for (Place place : places) {
      if (place instanceof Place.NewName(int offset, String before, String name)) {
        text.insert(offset, before + Identifiers.quote(name) + " ");
      }
    }
    return text.build(statement.start(), statement.end());
  }

  /**
   * A part of the text for a shard.
   *
   * @param index of the shard in its table
   */
  SqlText forShard(Phrase part, int index, Shard shard) {
    SqlWriter.Replacing text = new SqlWriter.Replacing(statement.sql());
    for (Place place : places) {
      switch (place) {
        case Place.ObjectName(Phrase at, String name) ->
            text.replace(at, Identifiers.quote(ShardNames.of(name, shard.shardId())));
        case Place.NewName(int offset, String before, String name) ->
            text.insert(
                offset, before + Identifiers.quote(ShardNames.of(name, shard.shardId())) + " ");
        case Place.TableName(Phrase at, MeshTable table) ->
            text.replace(at, relation(table, index));
      }
    }
    return text.build(part.start(), part.end());
  }

  private static String relation(MeshTable table, int index) {
    return table instanceof Distributed distributed
        ? Shards.relation(distributed, distributed.shards().get(index))
        : Identifiers.qualified(table.schema(), table.name());
  }

  /** A part of the text for the replicas of a reference table. */
  SqlText forReplica(Phrase part) {
    SqlWriter.Replacing text = new SqlWriter.Replacing(statement.sql());
    for (Place place : places) {
      switch (place) {
        case Place.ObjectName ignored -> {}
        case Place.NewName(int offset, String before, String name) ->
            text.insert(offset, before + Identifiers.quote(name) + " ");
        case Place.TableName(Phrase at, MeshTable table) ->
            text.replace(at, Identifiers.qualified(table.schema(), table.name()));
      }
    }
    return text.build(part.start(), part.end());
  }
}
