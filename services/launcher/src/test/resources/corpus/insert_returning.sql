-- # INSERT of several rows returns them in the order in which they were given

create table given (k int primary key, v text, n numeric default 1.5)

create table counted (id bigserial primary key, m text, at date default '2024-02-03')

create table by_text (t text primary key, k int, unique (t, k))

-- mesh
select create_distributed_table('given', 'k')

-- mesh
select create_distributed_table('counted', 'id')

-- mesh
select create_distributed_table('by_text', 't')

-- ordered
insert into given values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e'), (6, null), (7, 'g') returning k, v, n

-- ordered
insert into counted (m) values ('ok'), ('sad'), ('x'), ('y'), ('z'), (null), ('w') returning id, m, at

-- ordered
-- params 9, 'nine', 8, 'eight', 11
-- params 14, 'fourteen', 12, 'twelve', 19
insert into given (k, v) values ($1, $2), ($3, $4), (20 + $1, $2), ($5, 'x'), (30 + $3, $4) returning *, k + 1 as more

-- ordered
-- params 'p', 'q'
insert into counted (m) values ($1), ($2), ($1 || $2), ($2) returning m, id

-- ordered
insert into given (k, v) select * from (values (51, 'a'), (52, 'b'), (53, 'c'), (54, 'd'), (55, 'e')) x returning k

-- ordered
-- fetch 2
insert into given (k, v) values (61, 'a'), (62, 'b'), (63, 'c'), (64, 'd'), (65, 'e') returning v, k

-- ordered
insert into given values (2, 'again'), (71, 'new'), (3, 'again'), (72, 'new'), (73, 'new'), (1, 'again') on conflict (k) do update set v = given.v || excluded.v returning k, v

-- ordered
insert into given values (71, 'again'), (81, 'new'), (3, 'again'), (82, 'new'), (81, 'twice'), (83, 'new'), (5, 'again'), (84, 'new') on conflict do nothing returning k, v

-- ordered
insert into given values (71, 'again'), (3, 'again') on conflict do nothing returning k, v

insert into given values (71, 'unseen'), (3, 'unseen'), (91, 'new') on conflict (k) do nothing

-- # where leaves out rows of an update, they may come in another order
-- unordered
insert into given values (71, 'where'), (3, 'where'), (92, 'new'), (2, 'where') on conflict (k) do update set v = 'w' where given.k > 50 returning k, v

-- error 21000
insert into given values (71, 'twice'), (93, 'new'), (71, 'twice') on conflict (k) do update set v = 'w' returning k

-- ordered
insert into counted (id, m) values (1, 'again'), (101, 'new'), (102, 'new'), (2, 'again'), (103, 'new') on conflict do nothing returning id, m

-- ordered
insert into counted (id, m) values (1, 'again'), (default, 'new'), (104, 'new'), (default, 'new'), (2, 'again'), (105, 'new') on conflict do nothing returning id, m

-- ordered
insert into counted (id, m) values (1, 'again'), (default, 'new'), (106, 'new'), (2, 'again') on conflict (id) do update set m = counted.m || excluded.m returning id, m

-- ordered
insert into by_text (k, t) select k, 't' || k from given where k < 40 order by k desc returning t, k

-- ordered
insert into by_text (k, t) select k, 't' || k from given order by k on conflict do nothing returning k, t

-- ordered
insert into by_text select 'many ' || i, i from generate_series(1, 3500) i returning k

-- ordered
insert into by_text select 'many ' || i, i from generate_series(3400, 4600) i on conflict (t, k) do nothing returning k

-- error 23505
insert into given values (111, 'a'), (112, 'b'), (1, 'c'), (113, 'd') returning k

-- error 22012
insert into given values (111, 'a'), (112, 'b'), (114, 'c'), (113, 'd') returning 1 / (k - 112)

begin

-- ordered
insert into given values (121, 'a'), (122, 'b'), (123, 'c'), (124, 'd') returning v, k

-- ordered
insert into counted (m) values ('in'), ('a'), ('block'), ('!') returning m

rollback

-- simple-only
insert into given values (131, 'a'), (132, 'b'), (133, 'c') returning k; insert into counted (m) values ('1'), ('2'), ('3') returning m

select k, v, n from given order by k

select count(*), sum(k) from by_text
