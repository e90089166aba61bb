-- # INSERT … SELECT whose rows go from shards to other shards

create table samples (k int, f float8, g float4, p point, a float8[], at timestamptz, note text)

-- mesh
select create_distributed_table('samples', 'k')

create table by_note (note text, f float8, g float4, p point, a float8[], at timestamptz, k int)

-- mesh
select create_distributed_table('by_note', 'note', colocate_with => 'none')

create table plain (note text, f float8)

insert into samples select i, 0.1::float8 + i / 7.0, i / 3.0, point(i / 3.0, 0.1::float8 + 0.2), array[i / 3.0], '2024-03-31 02:30+01', E'a\t\\' || i || E'\nb' from generate_series(1, 40) i

set extra_float_digits to 0

insert into by_note select note, f, g, p, a, at, k from samples

insert into plain select note, f from samples

select count(*) from by_note b join samples s on s.note = b.note and s.f = b.f and s.g = b.g and s.p ~= b.p and s.a = b.a and s.at = b.at

select f, g, p, a from by_note where k = 2

begin

set local extra_float_digits to -5

insert into by_note select 'again ' || note, f, g, p, a, at, k from samples where k < 20

select f from by_note where k = 2 order by note

savepoint s

insert into by_note select 'local ' || note, f from plain

rollback to s

insert into by_note select 'local ' || note, f from plain

select f from plain order by note limit 3

commit

reset extra_float_digits

select count(*) from by_note b join samples s on b.note in (s.note, 'again ' || s.note, 'local ' || s.note) and s.f = b.f

set datestyle to 'sql, dmy'

set timezone to 'Europe/Berlin'

insert into by_note select 'dated ' || note, f, g, p, a, at, k from samples

reset datestyle

reset timezone

select count(distinct at) from by_note where at is not null

insert into by_note (note, k) select note, k from by_note where k < 5 returning note is null, k

-- error 22012
insert into by_note (note, k) select note, k / (k - 7) from samples

select count(*), count(distinct note) from by_note
