select id, name from companies where id in (select company_id from campaigns where monthly_budget > 9000) order by id

select id from companies c where exists (select 1 from clicks k where k.company_id = c.id and k.user_data ->> 'location' = 'DE') order by id

select id from companies c where not exists (select 1 from ads a where a.company_id = c.id and a.name = 'Telekinesis') order by id

select id, (select count(*) from ads a where a.company_id = c.id) as ads from companies c order by id

select id, (select max(monthly_budget) from campaigns) as top from companies order by id

select company_id, id from campaigns where monthly_budget = (select max(monthly_budget) from campaigns) order by 1, 2

select company_id, id from campaigns c where monthly_budget = (select max(monthly_budget) from campaigns x where x.company_id = c.company_id) order by 1, 2

select avg(n) from (select count(*) as n from clicks group by company_id) s

select max(n), min(n) from (select ad_id, count(*) as n from impressions where company_id = 2 group by ad_id) s

select count(*) from (select distinct site_url from clicks) s

select s.company_id, s.n from (select company_id, count(*) n from ads group by company_id order by n desc, company_id limit 3) s order by 1

with busy as (select company_id, count(*) as n from clicks group by company_id) select c.name, b.n from busy b join companies c on c.id = b.company_id order by b.n desc, c.name

with a as materialized (select * from campaigns where company_id = 3), b as (select count(*) from a) select * from b

with recursive up(n) as (select 1 union all select n + 1 from up where n < 5) select n, (select count(*) from ads where company_id = n) from up order by n

with recursive chain(id, depth) as (select id, 1 from companies where id = 1 union all select c.id, depth + 1 from companies c join chain on c.id = chain.id + 1) select * from chain order by 1

select id from companies where id > all (select company_id from ads where company_id < 5) order by id

select id from companies where id = some (select company_id from ads where name like 'A%') order by id

select id from companies union select company_id from ads order by 1

select company_id from campaigns where state = 'paused' intersect select company_id from campaigns where state = 'running' order by 1

select id from companies except select company_id from campaigns where state = 'archived' order by 1

select 'ads' as t, count(*) from ads union all select 'clicks', count(*) from clicks union all select 'nation', count(*) from nation order by 1

select id from companies where id < 3 union all select n_nationkey from nation where n_nationkey < 3 order by 1

(select id from companies order by id limit 2) union all (select id from companies order by id desc limit 2)

select * from (select id, row_number() over (order by name) as r from companies) s where r <= 3 order by r

select company_id, id, rank() over (partition by company_id order by monthly_budget desc) as r from campaigns order by 1, 3, 2 limit 15

select company_id, id, sum(monthly_budget) over (partition by company_id order by id rows between 1 preceding and current row) from campaigns where company_id = 5 order by id

select id, lag(name) over w, lead(name, 2, 'none') over w, first_value(name) over w, ntile(3) over w from companies window w as (order by id) order by id

select state, count(*), rank() over (order by count(*) desc) from campaigns group by state order by 3, 1

select distinct company_id, max(monthly_budget) over (partition by company_id) from campaigns order by 1

select cost_model, state, count(*) from campaigns group by grouping sets ((cost_model), (state), ()) order by 1, 2, 3

select cost_model, state, count(*), grouping(cost_model, state) from campaigns group by rollup (cost_model, state) order by 1, 2, 3

select company_id, state, sum(monthly_budget) from campaigns where company_id < 4 group by cube (company_id, state) order by 1, 2, 3

select count(*) from clicks where (company_id, ad_id) in (select company_id, id from ads where name like 'S%')

select name from ads where company_id = (select min(id) from companies) order by id limit 4

select (select name from companies c where c.id = a.company_id) as owner, count(*) from ads a group by owner order by owner

select array(select id from companies order by id)

select array(select id from campaigns where company_id = 2 order by id)

select json_agg(x order by x.id) from (select id, name from companies where id < 4) x

select jsonb_object_agg(id, name) from companies

select row_to_json(c) from (select id, name from companies where id = 5) c

select count(*) from (select 1 from ads limit 10) s

select sum(s.n) from (select company_id, count(*) n from ads group by 1 union all select company_id, count(*) from clicks group by 1) s

select a.company_id, a.n - b.n as diff from (select company_id, count(*) n from impressions group by 1) a join (select company_id, count(*) n from clicks group by 1) b using (company_id) order by 1

select id from companies where (select bool_and(state <> '') from campaigns where company_id = companies.id) order by 1

with w as (select company_id from ads where company_id = 3) select count(*) from w, campaigns c where c.company_id = w.company_id

select * from companies where id = (select 3) order by 1

select c.id from companies c where c.id in (select n_nationkey from nation) and c.id not in (select s_suppkey from supplier where s_suppkey > 5) order by 1
