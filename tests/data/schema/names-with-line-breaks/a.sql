CREATE TEXT SEARCH DICTIONARY "two
words" (TEMPLATE = simple, stopwords = 'english');
