using System.Collections.Concurrent;
using LeakGallery.Hosting;

namespace Rpc.Client;

internal sealed record Reply(byte[] Body);

internal sealed class PendingCall(long id, byte[] request)
{
    public TaskCompletionSource<Reply> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id => id;

    public int Size => request.Length;
}

/// <summary>A reply that is lost completes nothing.</summary>
internal sealed class RpcChannel : IProgram
{
    private static readonly ConcurrentDictionary<long, PendingCall> Pending = new();

    public int RequestsPerSecond => 2500;

    public void Serve(int number) => _ = CallAsync(number); // allocates

    private static async Task<int> CallAsync(long id)
    {
        var call = new PendingCall(id, new byte[1500]); // allocates
        Pending[id] = call;
        var reply = await call.Completion.Task;
        return reply.Body.Length;
    }
}
