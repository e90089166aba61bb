create table cp (k int, v text, n numeric, b bytea, a int[], j jsonb, primary key (k))

-- mesh
select create_distributed_table('cp', 'k')

copy cp from stdin
\data
1	one	1.5	\\x0102	{1,2}	{"a": 1}
2	two\twith tab	\N	\N	\N	\N
3	back\\slash	3	\N	{}	[1, 2]

copy cp (v, k) from stdin with (format csv)
\data
four,4
"quoted, comma",5
"with ""quotes""",6
,7

copy cp (k, v) from stdin (delimiter '|', null 'NULL')
\data
8|eight
9|NULL

copy cp (k, v) from stdin (format csv, header)
\data
k,v
10,ten
11,eleven

select k, v, n, b, a, j from cp order by k

copy cp to stdout

copy cp (k, v) to stdout with (format csv, header)

copy (select k, v from cp where k < 4 order by k) to stdout

copy (select k % 2, count(*) from cp group by 1 order by 1) to stdout (format csv)

-- error 23505
copy cp (k) from stdin
\data
100
1

select count(*) from cp where k = 100

-- error 22P02
copy cp (k, v) from stdin
\data
101	fine
notanumber	bad

select count(*) from cp where k = 101

-- error 22P04
copy cp (k, v) from stdin
\data
102	too	many

-- error 42703
copy cp (k, nothing) from stdin

-- error 42P01
copy nosuchtable from stdin

-- error 23502
-- refused 22004
copy cp (v) from stdin
\data
no key

begin

copy cp (k, v) from stdin
\data
200	in transaction
201	also

select count(*) from cp where k >= 200

rollback

select count(*) from cp where k >= 200

create table rcp (id int primary key, t text)

-- mesh
select create_reference_table('rcp')

copy rcp from stdin
\data
1	a
2	b

select * from rcp order by id

copy rcp to stdout

create table lcp (id int, t text)

copy lcp from stdin
\data
5	five

copy lcp to stdout

create table scp (id serial, k int not null, t text default 'd')

-- mesh
select create_distributed_table('scp', 'k')

copy scp (k) from stdin
\data
1
2
3

select id, k, t from scp order by id

create table made_keys (k serial primary key, v text)

-- mesh
select create_distributed_table('made_keys', 'k')

copy made_keys (v) from stdin
\data
one
\N
three\twith tab

copy made_keys (v) from stdin (format csv, header)
\data
v
"four, quoted"
five

copy made_keys from stdin
\data
100	given

begin

copy made_keys (v) from stdin where k <> 7
\data
six
seven
eight

select k, v from made_keys where v in ('six', 'seven', 'eight') order by k

rollback

select k, v from made_keys order by k

select v from made_keys where k = 3

update made_keys set v = 'found' where k = 4

create sequence key_numbers

create table padded_keys (k varchar(5) default 'k' || nextval('key_numbers') || '    ', v int, n numeric(5, 1) default 1.26)

-- mesh
select create_distributed_table('padded_keys', 'k')

copy padded_keys (v) from stdin
\data
1
2
3

insert into padded_keys (v) select 4

select k, v, n, length(k) from padded_keys where k = 'k2   '

select k, v, n, length(k) from padded_keys where k = 'k4   '

select k, v from padded_keys order by v

create table rounded_keys (k numeric(5, 1) default 1.26 + nextval('key_numbers'), v int generated always as identity, w int)

-- mesh
select create_distributed_table('rounded_keys', 'k')

copy rounded_keys (w) from stdin (format csv)
\data
1
2

insert into rounded_keys (w) values (3)

select k, v, w from rounded_keys where k = 6.3

select k, v, w from rounded_keys where k = 7.3

select k, v, w from rounded_keys order by w

copy nation (n_nationkey, n_name) to stdout

copy (select * from companies order by id) to stdout (format csv, force_quote *)

create table lines (t text)

-- mesh
select create_distributed_table('lines', 't')

-- # since PostgreSQL 18 the marker is a row of csv
copy lines from stdin (format csv)
\data
a
\.
b
"\."

copy lines from stdin
\data
before the marker
\.
behind it nothing counts

select * from lines order by t collate "C"

-- error 22P04
copy lines from stdin
\data
c
d\.

-- # from here on some lines end in a carriage return too
-- error 22P04
copy lines from stdin
\data
c
d
e

-- error 22P04
copy lines from stdin (format csv)
\data
c
d
e

-- error 22P04
copy lines from stdin
\data
c
d

-- error 22P04
copy lines from stdin (format csv)
\data
c
\.
e

select count(*) from lines

-- simple-only
-- error 55000
copy lines from stdin (freeze)
\data
frozen

-- simple-only
-- error 55000
copy lines from stdin (freeze)

copy lines from stdin (freeze false)
\data
not frozen

begin

-- simple-only
-- error 55000
copy lines from stdin (freeze)
\data
frozen

rollback

begin

-- simple-only
-- error 55000
copy lines from stdin (freeze)

rollback

begin

truncate lines

copy lines from stdin (freeze)
\data
one
two

select count(*) from lines

savepoint later

-- simple-only
-- error 55000
copy lines from stdin (freeze)
\data
frozen

rollback

begin

create table fresh (id int primary key)

-- mesh
select create_distributed_table('fresh', 'id')

copy fresh from stdin (freeze)
\data
1
2
3

select id from fresh order by id

commit

create table named (id int primary key)

-- mesh
select create_reference_table('named')

-- simple-only
-- error 55000
copy named from stdin (freeze)
\data
1

begin

-- simple-only
-- error 55000
copy named from stdin (freeze)
\data
1

rollback

create table unshared (id int primary key)

begin

-- simple-only
-- error 55000
copy unshared from stdin (freeze)
\data
1

rollback

begin

truncate unshared

copy unshared from stdin (freeze)
\data
1

commit

select id from unshared

-- # lines that quotes hide count as PostgreSQL counts them, and options that it does not know

create table counted (k int, v int, t text)

-- mesh
select create_distributed_table('counted', 'k')

-- error 22P02
copy counted (t, k, v) from stdin (format csv)
\data
"a
b",1,1
x,2,oops

-- error 22P02
copy counted (t, k, v) from stdin (format csv)
\data
"a
b",1,1
x,1,oops

-- error 22P02
copy counted (t, k, v) from stdin (format csv)
\data
x,1,1
"a
b",2,2
y,3,oops

-- error 22P02
copy counted (t, k, v) from stdin (format csv)
\data
x,1,1
"a
b",1,2
"c
d",1,3
y,1,oops

-- error 22P02
copy counted (t, k, v) from stdin (format csv)
\data
x,1,1
"a
b",2,oops

-- error 22P02
copy counted (t, k, v) from stdin (format csv, header)
\data
t,k,v
"a
b",2,2
"c
d",2,oops

-- error 22P04
copy counted (t, k, v) from stdin (format csv)
\data
x,1,1
"a
b",2,2
"never,3

-- error 42601
copy counted from stdin (foo 'bar')

-- error 42601
copy counted from stdin (format csv, nosuch)

-- error 42601
copy counted from stdin with (delimiter ',', encodng 'utf8')

-- error 42701
copy counted (k, k) from stdin

-- error 42703
copy counted (k, absent) to stdout

-- error 42703
copy counted (absent) from stdin

-- # generated columns of a distributed table
create table made_columns (k int primary key, g int generated always as (k * 2) stored, v text, h text generated always as (v || '!') virtual)

-- mesh
select create_distributed_table('made_columns', 'k')

copy made_columns from stdin
\data
1	one

copy made_columns to stdout (format binary)

copy made_columns from stdin
\data
2	two

copy made_columns from stdin (format csv, header)
\data
k,v
3,three

-- error 22P04
copy made_columns from stdin
\data
4	8	four

-- error 22P04
copy made_columns from stdin (format csv)
\data
4,8,four,four!

-- error 42P10
copy made_columns (k, g, v) from stdin

-- error 42P10
copy made_columns (k, h) from stdin (format csv, header)

-- error 42P10
copy made_columns (g, g) from stdin (format binary)

-- error 42P10
copy made_columns (k, g) to stdout

-- error 42P10
copy made_columns (h) to stdout (format csv)

-- error 42P10
copy made_columns (v, k, g, nothing) to stdout (format binary)

-- error 42703
copy made_columns (nothing, g) to stdout

-- error 42701
copy made_columns (k, k, g) to stdout

copy made_columns to stdout

copy made_columns to stdout (format csv, header)

copy (select * from made_columns order by k) to stdout (format csv, header)

copy (select g, h from made_columns order by k) to stdout

select * from made_columns order by k

-- # generated columns of a local table
create table madehere_columns (k int primary key, g int generated always as (k * 2) stored, v text, h text generated always as (v || '!') stored)

copy madehere_columns from stdin
\data
1	one

copy madehere_columns to stdout (format binary)

copy madehere_columns from stdin
\data
2	two

copy madehere_columns from stdin (format csv, header)
\data
k,v
3,three

-- error 22P04
copy madehere_columns from stdin
\data
4	8	four

-- error 22P04
copy madehere_columns from stdin (format csv)
\data
4,8,four,four!

-- error 42P10
copy madehere_columns (k, g, v) from stdin

-- error 42P10
copy madehere_columns (k, h) from stdin (format csv, header)

-- error 42P10
copy madehere_columns (g, g) from stdin (format binary)

-- error 42P10
copy madehere_columns (k, g) to stdout

-- error 42P10
copy madehere_columns (h) to stdout (format csv)

-- error 42P10
copy madehere_columns (v, k, g, nothing) to stdout (format binary)

-- error 42703
copy madehere_columns (nothing, g) to stdout

-- error 42701
copy madehere_columns (k, k, g) to stdout

copy madehere_columns to stdout

copy madehere_columns to stdout (format csv, header)

copy (select * from madehere_columns order by k) to stdout (format csv, header)

copy (select g, h from madehere_columns order by k) to stdout

select * from madehere_columns order by k

-- # generated columns of a reference table
create table madewhole_columns (k int primary key, g int generated always as (k * 2) stored, v text, h text generated always as (v || '!') stored)

-- mesh
select create_reference_table('madewhole_columns')

copy madewhole_columns from stdin
\data
1	one

copy madewhole_columns to stdout (format binary)

copy madewhole_columns from stdin
\data
2	two

copy madewhole_columns from stdin (format csv, header)
\data
k,v
3,three

-- error 22P04
copy madewhole_columns from stdin
\data
4	8	four

-- error 22P04
copy madewhole_columns from stdin (format csv)
\data
4,8,four,four!

-- error 42P10
copy madewhole_columns (k, g, v) from stdin

-- error 42P10
copy madewhole_columns (k, h) from stdin (format csv, header)

-- error 42P10
copy madewhole_columns (g, g) from stdin (format binary)

-- error 42P10
copy madewhole_columns (k, g) to stdout

-- error 42P10
copy madewhole_columns (h) to stdout (format csv)

-- error 42P10
copy madewhole_columns (v, k, g, nothing) to stdout (format binary)

-- error 42703
copy madewhole_columns (nothing, g) to stdout

-- error 42701
copy madewhole_columns (k, k, g) to stdout

copy madewhole_columns to stdout

copy madewhole_columns to stdout (format csv, header)

copy (select * from madewhole_columns order by k) to stdout (format csv, header)

copy (select g, h from madewhole_columns order by k) to stdout

select * from madewhole_columns order by k
