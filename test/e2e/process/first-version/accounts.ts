/** What clients of the first version had when database.sql was dumped. Users are `<name>@example.com`. */
export const FIRST_VERSION = {
  appSecret: 'R/7uFRZpRWzQt3ZS7MhZhwOTdFGfrJbhWwrzWG3dHxW984iG',
  publicUrl: 'http://latchkey.test',
  password: 'correct horse battery staple',
  /** Of Alice, rotated twice. */
  refreshToken:
    'lk_rt_AbxWzt1JwUCol9FMw3f21JoAAAACLHSTjvVIKjNvJsS3vZRMHhkrc9gF0A61hY_59nOP3Nc6RubnreCb_jj5Oy6GkEmVPFIY_pORgy7j1DZd7SGadw',
  /** Of Alice on another device, as it was given out. */
  otherDevice:
    'lk_rt_AeinEGdGm0nRuRwweCNeAzAAAAAACfcfjlG39oObFxbCnEaxL_EXnYBraADVhl_Y7rNiHHnh3YUa9bh-oB58JW2fdb3VyPxK7qMRNcvolYzO-fOq6Q',
  /** Of Carol: the first of a session, and the second one after it. */
  used: 'lk_rt_AR4G9kvI8kchoiFpqSgZp0wAAAAAeaIAyyNk_7OSILrXAvvLFXQMO1jMc5spWkDPV4J3PU_5QHkVkoeo2Z9EJsdw0eaGqKnzkexPfD2JQIm5Ohc4UA',
  successor:
    'lk_rt_AR4G9kvI8kchoiFpqSgZp0wAAAACeaIAyyNk_7OSILrXAvvLFXQMO1jMc5spWkDPV4J3PU-cg8G9esUiHslzjEcSo25W6-EtM61JA0oOILZZXqWwdQ',
  /** Of Dave, who logged out. */
  loggedOut:
    'lk_rt_AdJCDevhdUmaqM1nob3kKigAAAAASM_gUrEeCpSXBgaxTbbe1ImNJzm9cZkG9kUUC-nlaYdkygvIxQII_ja26x0mDr2Xik-lGlR1jD2Wab4c2LXIsw',
  /** Of Bob, who was disabled by an operator. */
  disabled:
    'lk_rt_AX4XRludUkQRvQkB-87GBTEAAAAAfjc1wjInBptxozk7MRUcm7aAr-lcshzhriItV2X4lDQbJE74kUwkHfRI1eZtMo3K7wNE393E9n46ySZw5xJ9Ng',
  /** Of Alice; it lived for 15 minutes. */
  accessToken:
    'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ilk2RFBzNkh3dTRSd05VeDdQMktKTTFSc0JTdi11WkVHa2ZJdXVscjJLWVUifQ.eyJpc3MiOiJodHRwOi8vbGF0Y2hrZXkudGVzdCIsInN1YiI6ImYxZjYzOGM3LTliYzQtNGM0Yy04ZTFiLWJmMjA2YTM4NGM4NCIsImF1ZCI6Imh0dHA6Ly9sYXRjaGtleS50ZXN0IiwiZXhwIjoxNzk1OTIxOTY5LCJuYmYiOjE3OTU5MjEwNjksImlhdCI6MTc5NTkyMTA2OSwianRpIjoiMjU4NjYzYTctMWVkYi00Yzc3LTg1NDQtNWUzZmZmNTI1MWZjIiwic2lkIjoiYmM1NmNlZGQtNDljMS00MGE4LTk3ZDEtNGNjMzc3ZjZkNDlhIiwiY2xpZW50X2lkIjoibGF0Y2hrZXkiLCJyb2xlcyI6WyJ1c2VyIl0sInNjb3BlIjoicHJvZmlsZTpyZWFkIHByb2ZpbGU6d3JpdGUifQ.GQ7Ecc8QMBBuUJrlm3OkXIdGZjWo-VA38j-B4uZfCvovs8EGkvG8aYLWzHBlLe99SRaPtSCLRK0O1annX8FBlw',
} as const;
