-- # one tenant, by the distribution column
select id, name, state from campaigns where company_id = 5 order by id

select * from companies where id = 3

select name from companies where id = 999

select id, name from ads where company_id = 8 and id = 474

select * from ads where company_id = 2 order by id limit 5

select count(*) from clicks where company_id = 1

select * from companies order by id

select id, company_id from campaigns order by company_id, id limit 10 offset 5

select id, company_id from campaigns order by id desc fetch first 7 rows only

select count(*), count(monthly_budget), sum(monthly_budget), avg(monthly_budget), min(monthly_budget), max(monthly_budget) from campaigns

select count(*) from impressions

select company_id, count(*) from impressions group by company_id order by company_id

select company_id, count(*) as clicks, max(clicked_at) from clicks group by 1 having count(*) > 500 order by clicks desc, 1

select cost_model, state, count(*) from campaigns group by cost_model, state

select distinct state from campaigns

select distinct state from campaigns order by state desc

select distinct on (company_id) company_id, id, name from campaigns order by company_id, monthly_budget desc, id

select distinct cost_model, state from campaigns order by 1, 2

select count(distinct company_id) from ads

select count(distinct site_url), count(distinct user_ip) from clicks

select company_id, count(distinct ad_id) from clicks group by company_id

select state, count(*) filter (where monthly_budget > 3000) as large from campaigns group by state order by state

select id, name from companies where id in (1, 3, 5, 77) order by id

select id from companies where id = any('{2,4,6}') order by 1

select id from companies where id between 3 and 5 order by id

select name from companies where name like 'D%' order by name

select id, upper(name) as shouted, length(name) from companies where id > 4 order by shouted

select case when monthly_budget > 5000 then 'large' else 'small' end as size, count(*) from campaigns group by size order by size

select company_id, array_agg(id order by id) from campaigns group by company_id order by company_id

select company_id, string_agg(name, ', ' order by name) from campaigns where company_id < 4 group by company_id order by company_id

select blacklisted_site_urls from campaigns where company_id = 1 order by id

select company_id, id from campaigns where blacklisted_site_urls is null order by company_id, id limit 4

select user_data ->> 'location' as location, count(*) from clicks group by 1 order by 2 desc, 1 limit 10

select user_data ->> 'location' as location from clicks where company_id = 3 and user_data @> '{"is_mobile": true}' order by id limit 5

select id, user_data -> 'is_mobile' as mobile, user_data from clicks where company_id = 2 order by id limit 3

select company_id, bool_or((user_data ->> 'is_mobile')::boolean), bool_and((user_data ->> 'is_mobile')::boolean) from clicks group by company_id order by 1

select host(user_ip), family(user_ip), set_masklen(user_ip, 24) from clicks where company_id = 4 order by id limit 5

select count(*) from clicks where user_ip << '128.0.0.0/1'

select date_trunc('month', clicked_at) as month, count(*) from clicks group by month order by month

select extract(dow from seen_at) as day, count(*) from impressions where company_id = 5 group by day order by day

select max(id) - min(id) + 1 from ads

select avg(length(site_url)) from impressions

select stddev_pop(monthly_budget)::numeric(20,6), variance(monthly_budget)::numeric(20,4) from campaigns

select percentile_cont(0.5) within group (order by monthly_budget) from campaigns

select mode() within group (order by state) from campaigns

select every(company_id > 0), bit_or(company_id), bit_and(company_id) from campaigns

select company_id, id from ads where company_id = 6 and impressions_count = 0 order by id limit 3

select 1 from ads where false

select count(*) from ads where null

select id as "Id", name as "Na""me", 1 + 1, 'x'::text, null from companies order by id limit 2

select c.* from companies c where c.id = 1

select companies from companies where id = 2

select (companies).name from companies where id = 2

select row(id, name) from companies where id = 2

select exists (select 1 from companies where id = 2)

select * from companies where id = 1 and id = 2

select * from companies where id = 1 or id = 2 order by id

select id from companies where not (id <> 4)

select id, name from companies order by name collate "C" desc limit 3

select id from campaigns order by monthly_budget nulls first, id limit 3

select -id as n from companies order by n

select length(string_agg(name, '')) from ads

select greatest(max(id), 10), least(min(id), 10) from ads

select count(*) as n, sum(count(*)) over () as total from ads group by company_id order by n, total

table companies order by id

values (1, 'a'), (2, 'b')

select tableoid::regclass::text from companies where id = 1

select sum(id)::bigint / count(*) from ads group by company_id = 5 order by 1

select company_id % 3 as third, count(*) from ads group by company_id % 3 order by third

select max(name), min(name), max(created_at), min(updated_at) from ads

select count(*) from ads tablesample bernoulli (100)

select coalesce(sum(cost_per_click_usd), 0) from clicks

select count(*) from only ads

select count(*) from only ads a, campaigns c where a.campaign_id < c.id
