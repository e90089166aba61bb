-- # a foreign key that follows changes of what is not the distribution column

create table parents (a int, id int, v text, primary key (a, id))

create table children (a int, k int, pid int, primary key (a, k))

-- mesh
select create_distributed_table('parents', 'a')

-- mesh
select create_distributed_table('children', 'a')

alter table children add foreign key (a, pid) references parents (a, id) on update cascade on delete cascade

insert into parents select i, i * 10, 'p' from generate_series(1, 20) i

insert into children select i, j, i * 10 from generate_series(1, 20) i, generate_series(1, 2) j

update parents set id = 7 where a = 3

select * from children where a = 3 order by k

update parents set id = id + 1 where a > 10

select a, k, pid from children order by a, k

delete from parents where a = 3

-- error 23503
insert into children values (3, 1, 7)

begin

update parents set id = 1000 where a = 5

select * from children where a = 5 order by k

rollback

select * from children where a = 5 order by k

-- refused 0A000
alter table children add foreign key (a, pid) references parents (a, id) on update set null

-- refused 0A000
alter table children add foreign key (a, pid) references parents (a, id) on update set default
