/** For a page, before its client: on a machine that is slow just now no try is given up, which would count as two. */
export const PATIENT = `<script>
  const timeout = AbortSignal.timeout;
  AbortSignal.timeout = () => timeout.call(AbortSignal, 60_000);
</script>`;
