import datetime
import decimal
import io
import sys

import psycopg2
import psycopg2.extras

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("DROP TABLE IF EXISTS psy")
cursor.execute("CREATE TABLE psy (k int PRIMARY KEY, v text, n numeric, d date, a int[], j jsonb)")
cursor.execute("SELECT create_distributed_table('psy', 'k')")

cursor.execute(
    "INSERT INTO psy VALUES (%s, %s, %s, %s, %s, %s) RETURNING k",
    (1, "it's é", decimal.Decimal("1.50"), datetime.date(2020, 2, 29), [1, 2], psycopg2.extras.Json({"a": 1})),
)
assert cursor.fetchall() == [(1,)]
cursor.execute("SELECT * FROM psy WHERE k = %s", (1,))
assert cursor.fetchone() == (1, "it's é", decimal.Decimal("1.50"), datetime.date(2020, 2, 29), [1, 2], {"a": 1})

psycopg2.extras.execute_values(cursor, "INSERT INTO psy (k, v) VALUES %s", [(k, "v") for k in range(2, 300)])
cursor.executemany("INSERT INTO psy (k, v) VALUES (%s, %s)", [(k, "w") for k in range(300, 310)])
cursor.execute("SELECT v, count(*) FROM psy GROUP BY v ORDER BY v")
assert cursor.fetchall() == [("it's é", 1), ("v", 298), ("w", 10)]
assert [c.name for c in cursor.description] == ["v", "count"]

cursor.copy_expert("COPY psy (k, v) FROM STDIN", io.StringIO("1000\tcopied\n1001\tcopied\n"))
out = io.StringIO()
cursor.copy_expert("COPY (SELECT k FROM psy WHERE k >= 1000 ORDER BY k) TO STDOUT", out)
assert out.getvalue() == "1000\n1001\n", out.getvalue()

connection.autocommit = False
cursor.execute("UPDATE psy SET v = 'lost'")
assert cursor.rowcount == 311, cursor.rowcount
connection.rollback()
with connection.cursor("named") as named:
    named.itersize = 50
    named.execute("SELECT k FROM psy ORDER BY k")
    assert len(list(named)) == 311
connection.commit()

try:
    cursor.execute("INSERT INTO psy (k) VALUES (1)")
    raise AssertionError("a duplicate key was accepted")
except psycopg2.errors.UniqueViolation as error:
    assert error.diag.constraint_name == "psy_pkey" and error.diag.table_name == "psy"
connection.rollback()

cursor.execute("DROP TABLE psy")
connection.commit()
print("all good")
