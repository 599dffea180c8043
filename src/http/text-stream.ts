/**
 * A body that asks for the next piece when the client has taken the last; a failure cuts the answer off. `gone`: aborted
 * when the client leaves, for pieces that are long in coming.
 */
export function textStream(
  pieces: AsyncGenerator<string>,
  onError: (error: unknown) => void,
  gone?: AbortController,
): ReadableStream {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { value, done } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        onError(error);
        controller.error(error);
      }
    },
    cancel: async () => {
      gone?.abort();
      await pieces.return(undefined);
    },
  });
}
