-- Models of meters, and how their pushes are read (docs/protocol.md).

-- Gas meters of our profile. The model element of the push is the name here;
-- a model that is not in the list becomes the generic type of its template.
insert into meter_type (name, medium, manufacturer, has_valve, has_button, has_archive, has_gas_detector) values
  ('Счётчик газа DLMS',  'gas', '',       true,  true,  false, false),
  ('СГ-Лазурь G1.6',     'gas', 'Лазурь', false, false, true,  false),
  ('СГ-Лазурь G4',       'gas', 'Лазурь', false, false, true,  false),
  ('СГ-Лазурь G4-К',     'gas', 'Лазурь', true,  true,  true,  false),
  ('СГ-Лазурь G6-К',     'gas', 'Лазурь', true,  true,  true,  false),
  ('СГ-Лазурь G4-КД',    'gas', 'Лазурь', true,  true,  true,  true),
  ('СГ-Лазурь G10',      'gas', 'Лазурь', false, false, true,  false),
  ('СГ-Бриз G2.5-К',     'gas', 'Бриз',   true,  true,  false, false),
  ('СГ-Бриз G4',         'gas', 'Бриз',   false, false, false, false),
  ('СГ-Бриз G4-КД',      'gas', 'Бриз',   true,  true,  false, true),
  ('Счётчик электроэнергии DLMS', 'electricity', '',         false, false, false, false),
  ('Aidon',                       'electricity', 'Aidon',    false, false, false, false),
  ('Kamstrup Omnipower',          'electricity', 'Kamstrup', false, false, false, false),
  ('Kaifa KFM_001',               'electricity', 'Kaifa',    false, false, false, false),
  ('Kaifa MA309M',                'electricity', 'Kaifa',    false, false, false, false),
  ('Прибор DLMS без описания',    'electricity', '',         false, false, false, false);

-- template_add: a template and its items in one call. An item is "position
-- class logical-name attribute scaler unit meaning". Units are those of
-- IEC 62056-6-2: 5 h, 9 degree C, 13 m3, 23 Pa, 27 W, 29 var, 30 Wh,
-- 32 varh, 33 A, 35 V, 56 %, 255 none.
create function pg_temp.template_add(p_name text, p_type text, p_items int,
  p_shape bytea, p_match_position int, p_match_octets bytea, p_named boolean,
  variadic p_item text[]) returns void language sql as $$
  with t as (
    insert into push_template (name, meter_type_id, items, shape,
      match_position, match_octets, named)
    select p_name, mt.id, p_items, p_shape, p_match_position, p_match_octets, p_named
      from (select max(id) as id from meter_type where name = p_type) mt
    returning id
  )
  insert into push_template_item (template_id, position, class_id,
    logical_name, attribute, scaler, unit, meaning)
  select t.id, f[1]::int, f[2]::int, f[3], f[4]::int, f[5]::int, f[6]::int, f[7]
    from t, unnest(p_item) i, regexp_split_to_array(i, '\s+') f
$$;

-- Every gas meter of our profile; the model element names the type.
select pg_temp.template_add('Газовый профиль', 'Счётчик газа DLMS',
  17, null, 0, '\x0000190900ff', false,
  '0  40 0.0.25.9.0.255  1 0  255 ignore',
  '1  1  0.0.96.1.0.255  2 0  255 identity',
  '2  1  0.0.96.1.1.255  2 0  255 model',
  '3  1  1.0.0.2.0.255   2 0  255 firmware',
  '4  8  0.0.1.0.0.255   2 0  255 clock',
  '5  3  7.0.13.2.0.255  2 -3 13  volume',
  '6  3  7.0.41.0.0.255  2 -1 9   temperature',
  '7  3  7.0.42.0.0.255  2 0  23  pressure',
  '8  3  0.0.96.6.3.255  2 -3 35  battery_mv',
  '9  3  0.0.96.6.1.255  2 -1 56  battery_percent',
  '10 70 0.0.96.3.10.255 3 0  255 valve',
  '11 1  7.0.96.5.0.255  2 0  255 status',
  '12 3  0.0.96.8.0.255  2 0  5   working_h',
  '13 3  0.0.96.50.1.255 2 0  5   tamper_h',
  '14 47 0.0.25.6.0.255  6 0  56  signal_percent',
  '15 47 0.0.25.6.0.255  2 0  255 mobile_operator',
  '16 1  0.0.96.50.2.255 2 0  255 cause');

-- Whatever names its values itself, from whoever it comes.
select pg_temp.template_add('Именованные значения', 'Счётчик электроэнергии DLMS',
  null, null, null, null, true,
  '100 1 0.0.96.1.0.255 2 0 255 identity',
  '101 8 0.0.1.0.0.255  2 0 255 clock',
  '102 3 1.0.1.8.0.255  2 0 30  energy');

-- Norwegian HAN lists open with the list's version, 1-1:0.2.129.255.
select pg_temp.template_add('Aidon', 'Aidon',
  null, null, 0, '\x0101000281ff', true,
  '100 1 1.1.0.2.129.255 2 0 255 register',
  '101 1 0.0.96.1.0.255  2 0 255 identity',
  '102 1 0.0.96.1.7.255  2 0 255 register',
  '103 8 0.0.1.0.0.255   2 0 255 clock',
  '104 3 1.0.1.8.0.255   2 1 30  energy');

-- Kamstrup's HAN list sends names without scalers: the units are those of its
-- description (powers in W and var, currents in 10 mA, voltages in V, energies
-- in 10 Wh).
select pg_temp.template_add('Kamstrup', 'Kamstrup Omnipower',
  null, null, 0, convert_to('Kamstrup_V', 'UTF8'), true,
  '0   1 1.1.0.2.129.255 2 0  255 register',
  '100 1 1.1.0.0.5.255   2 0  255 identity',
  '101 1 1.1.96.1.1.255  2 0  255 register',
  '102 3 1.1.1.7.0.255   2 0  27  register',
  '103 3 1.1.2.7.0.255   2 0  27  register',
  '104 3 1.1.3.7.0.255   2 0  29  register',
  '105 3 1.1.4.7.0.255   2 0  29  register',
  '106 3 1.1.31.7.0.255  2 -2 33  register',
  '107 3 1.1.51.7.0.255  2 -2 33  register',
  '108 3 1.1.71.7.0.255  2 -2 33  register',
  '109 3 1.1.32.7.0.255  2 0  35  register',
  '110 3 1.1.52.7.0.255  2 0  35  register',
  '111 3 1.1.72.7.0.255  2 0  35  register',
  '112 8 0.1.1.0.0.255   2 0  255 clock',
  '113 3 1.1.1.8.0.255   2 1  30  energy',
  '114 3 1.1.2.8.0.255   2 1  30  register',
  '115 3 1.1.3.8.0.255   2 1  32  register',
  '116 3 1.1.4.8.0.255   2 1  32  register');

-- Kaifa's lists are bare values in a fixed order, by their number.
select pg_temp.template_add('Kaifa, 1 значение', 'Kaifa KFM_001',
  1, '\x06', null, null, false,
  '0  3 1.0.1.7.0.255   2 0  27  register');
select pg_temp.template_add('Kaifa, 9 значений', 'Kaifa KFM_001',
  9, null, 0, convert_to('KFM_', 'UTF8'), false,
  '0  1 1.1.0.2.129.255 2 0  255 register',
  '1  1 0.0.96.1.0.255  2 0  255 identity',
  '2  1 0.0.96.1.7.255  2 0  255 register',
  '3  3 1.0.1.7.0.255   2 0  27  register',
  '4  3 1.0.2.7.0.255   2 0  27  register',
  '5  3 1.0.3.7.0.255   2 0  29  register',
  '6  3 1.0.4.7.0.255   2 0  29  register',
  '7  3 1.0.31.7.0.255  2 -3 33  register',
  '8  3 1.0.32.7.0.255  2 -1 35  register');
select pg_temp.template_add('Kaifa, 13 значений', 'Kaifa KFM_001',
  13, null, 0, convert_to('KFM_', 'UTF8'), false,
  '0  1 1.1.0.2.129.255 2 0  255 register',
  '1  1 0.0.96.1.0.255  2 0  255 identity',
  '2  1 0.0.96.1.7.255  2 0  255 register',
  '3  3 1.0.1.7.0.255   2 0  27  register',
  '4  3 1.0.2.7.0.255   2 0  27  register',
  '5  3 1.0.3.7.0.255   2 0  29  register',
  '6  3 1.0.4.7.0.255   2 0  29  register',
  '7  3 1.0.31.7.0.255  2 -3 33  register',
  '8  3 1.0.51.7.0.255  2 -3 33  register',
  '9  3 1.0.71.7.0.255  2 -3 33  register',
  '10 3 1.0.32.7.0.255  2 -1 35  register',
  '11 3 1.0.52.7.0.255  2 -1 35  register',
  '12 3 1.0.72.7.0.255  2 -1 35  register');
select pg_temp.template_add('Kaifa, 14 значений', 'Kaifa KFM_001',
  14, null, 0, convert_to('KFM_', 'UTF8'), false,
  '0  1 1.1.0.2.129.255 2 0  255 register',
  '1  1 0.0.96.1.0.255  2 0  255 identity',
  '2  1 0.0.96.1.7.255  2 0  255 register',
  '3  3 1.0.1.7.0.255   2 0  27  register',
  '4  3 1.0.2.7.0.255   2 0  27  register',
  '5  3 1.0.3.7.0.255   2 0  29  register',
  '6  3 1.0.4.7.0.255   2 0  29  register',
  '7  3 1.0.31.7.0.255  2 -3 33  register',
  '8  3 1.0.32.7.0.255  2 -1 35  register',
  '9  8 0.0.1.0.0.255   2 0  255 clock',
  '10 3 1.0.1.8.0.255   2 0  30  energy',
  '11 3 1.0.2.8.0.255   2 0  30  register',
  '12 3 1.0.3.8.0.255   2 0  32  register',
  '13 3 1.0.4.8.0.255   2 0  32  register');
select pg_temp.template_add('Kaifa, 18 значений', 'Kaifa KFM_001',
  18, null, 0, convert_to('KFM_', 'UTF8'), false,
  '0  1 1.1.0.2.129.255 2 0  255 register',
  '1  1 0.0.96.1.0.255  2 0  255 identity',
  '2  1 0.0.96.1.7.255  2 0  255 register',
  '3  3 1.0.1.7.0.255   2 0  27  register',
  '4  3 1.0.2.7.0.255   2 0  27  register',
  '5  3 1.0.3.7.0.255   2 0  29  register',
  '6  3 1.0.4.7.0.255   2 0  29  register',
  '7  3 1.0.31.7.0.255  2 -3 33  register',
  '8  3 1.0.51.7.0.255  2 -3 33  register',
  '9  3 1.0.71.7.0.255  2 -3 33  register',
  '10 3 1.0.32.7.0.255  2 -1 35  register',
  '11 3 1.0.52.7.0.255  2 -1 35  register',
  '12 3 1.0.72.7.0.255  2 -1 35  register',
  '13 8 0.0.1.0.0.255   2 0  255 clock',
  '14 3 1.0.1.8.0.255   2 0  30  energy',
  '15 3 1.0.2.8.0.255   2 0  30  register',
  '16 3 1.0.3.8.0.255   2 0  32  register',
  '17 3 1.0.4.8.0.255   2 0  32  register');

-- Kaifa MA309M (Austria): the clock, eleven named values with their scalers,
-- and the meter's number, which alone has no name.
select pg_temp.template_add('Kaifa MA309M', 'Kaifa MA309M',
  35, null, 1, '\x0100010800ff', true,
  '0   8 0.0.1.0.0.255  2 0 255 clock',
  '34  1 0.0.96.1.0.255 2 0 255 identity',
  '100 3 1.0.1.8.0.255  2 0 30  energy');

-- The push of the Gurux example server: one value with its scaler beside it.
select pg_temp.template_add('Gurux, пример', 'Счётчик электроэнергии DLMS',
  6, null, 0, '\x0000190900ff', false,
  '0  40 0.0.25.9.0.255  1 0  255 ignore',
  '1  1  0.0.42.0.0.255  2 0  255 identity',
  '2  8  0.0.1.0.0.255   2 0  255 clock',
  '3  3  1.0.1.8.0.255   2 -2 30  energy',
  '4  3  1.0.1.8.0.255   3 0  255 scaler_unit',
  '5  70 0.0.96.3.10.255 2 0  255 register');

-- One string of a device nobody described: kept as it came.
select pg_temp.template_add('Строка без описания', 'Прибор DLMS без описания',
  1, '\x09', null, null, false,
  '0  1  0.0.96.128.0.255 2 0 255 register');

drop function pg_temp.template_add;
