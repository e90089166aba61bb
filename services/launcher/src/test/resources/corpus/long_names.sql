-- # names that are too long for a shard's suffix are the client's in errors

create table "Ünï ""q"" tablé %s with a very long name that reaches the li" ("a" int primary key, b int not null, c int constraint "a check with %s and a name that is as long as names can ever be" check (c < 10), d int, foreign key (a) references "Ünï ""q"" tablé %s with a very long name that reaches the li" (a))

-- mesh
select create_distributed_table('"Ünï ""q"" tablé %s with a very long name that reaches the li"', 'a')

create unique index "an index '%' that has a ""name"" which is as long as names can be" on "Ünï ""q"" tablé %s with a very long name that reaches the li" (a, d)

create table follower_with_a_name_that_needs_more_than_fifty_six_bytes (k int primary key)

-- mesh
select create_distributed_table('follower_with_a_name_that_needs_more_than_fifty_six_bytes', 'k')

alter table follower_with_a_name_that_needs_more_than_fifty_six_bytes add constraint "and a foreign key that has a name that no suffix can be added t" foreign key (k) references "Ünï ""q"" tablé %s with a very long name that reaches the li" (a)

insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)

-- error 23505
insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values (1, 1)

-- error 23505
insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values (4, 1), (5, 1), (2, 1) returning a

-- error 23502
insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values (7, null)

-- error 23514
insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values (7, 1, 11)

-- error 23514
update "Ünï ""q"" tablé %s with a very long name that reaches the li" set c = 12 where d = 2

-- error 23503
insert into follower_with_a_name_that_needs_more_than_fifty_six_bytes values (9)

insert into follower_with_a_name_that_needs_more_than_fifty_six_bytes values (1)

-- error 23503
delete from "Ünï ""q"" tablé %s with a very long name that reaches the li" where a = 1

-- error 23505
insert into follower_with_a_name_that_needs_more_than_fifty_six_bytes select 1

-- error 23505
-- extended-only
-- params 3
insert into "Ünï ""q"" tablé %s with a very long name that reaches the li" values ($1, 1)

select * from "Ünï ""q"" tablé %s with a very long name that reaches the li" order by a
