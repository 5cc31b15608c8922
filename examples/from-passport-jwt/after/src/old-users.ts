/** What `select id, email, password_hash from users` gave. */
export const OLD_USERS = [
  {
    userId: 1,
    email: 'john@example.com',
    passwordHash: '$2b$10$cLftsjaDk80/L05K3Cq70e8WVbNNCH8Lzsggb1HnZ2130SKWYAHTm',
  },
];
