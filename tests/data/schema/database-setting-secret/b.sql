ALTER DATABASE b SET app.jwt_secret = 'battery staple';
