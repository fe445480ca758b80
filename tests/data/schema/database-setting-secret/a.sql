ALTER DATABASE a SET app.jwt_secret = 'correct horse';
