CREATE TEXT SEARCH TEMPLATE mine (INIT = dsimple_init, LEXIZE = dsimple_lexize);
