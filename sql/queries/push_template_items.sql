-- push_template_items: what stands where in every template.
-- rows 0..n template_id, position, class_id, logical_name, attribute, scaler,
--           unit, meaning
select template_id, position, class_id, logical_name, attribute, scaler, unit,
       meaning
  from push_template_item
 order by template_id, position;
