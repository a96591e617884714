using System.Diagnostics.Tracing;
using System.Net.Sockets;
using HeapDrift.Profiling.Captures;
using Microsoft.Diagnostics.NETCore.Client;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// One worker's diagnostics socket. Every call has a deadline: a worker that is stopped by a debugger accepts the connection and then
/// never answers.
/// </summary>
internal sealed class EventPipeConnection(DiagnosticsClientConnector connector, SnapshotTarget worker) : IAsyncDisposable
{
    /// <summary>Opening and stopping a session takes milliseconds; a worker under full load on one core needed 1.5 s.</summary>
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);

    public static async Task<EventPipeConnection> OpenAsync(SnapshotTarget worker, CancellationToken cancellationToken) =>
        new(await DiagnosticsClientConnector.FromDiagnosticPort($"{worker.Socket},connect", cancellationToken), worker);

    /// <summary>Opens a session with one provider.</summary>
    /// <param name="provider">Name of the provider.</param>
    /// <param name="keywords">Its keywords.</param>
    /// <param name="bufferMegabytes">The most that the worker may hold back for us, in its own memory.</param>
    /// <param name="rundownKeywords">What the runtime enumerates when the session stops; 0 for nothing.</param>
    /// <param name="deadline">How long the worker may take to answer; null for the usual.</param>
    /// <param name="cancellationToken">Gives the session up.</param>
    public Task<EventPipeSession> StartAsync(
        string provider, long keywords, int bufferMegabytes, long rundownKeywords, TimeSpan? deadline, CancellationToken cancellationToken) =>
        StartAsync([new EventPipeProvider(provider, EventLevel.Informational, keywords)], bufferMegabytes, rundownKeywords, deadline, cancellationToken);

    /// <inheritdoc cref="StartAsync(string, long, int, long, TimeSpan?, CancellationToken)"/>
    /// <param name="providers">Any number.</param>
    /// <param name="bufferMegabytes">As above.</param>
    /// <param name="rundownKeywords">As above.</param>
    /// <param name="deadline">As above.</param>
    /// <param name="cancellationToken">As above.</param>
    public Task<EventPipeSession> StartAsync(
        EventPipeProvider[] providers, int bufferMegabytes, long rundownKeywords, TimeSpan? deadline, CancellationToken cancellationToken) =>
        StartAsync(providers, bufferMegabytes, rundownKeywords, hasStacks: false, deadline, cancellationToken);

    /// <summary>Opens a session whose events come with the stacks of who wrote them.</summary>
    public Task<EventPipeSession> StartWithStacksAsync(
        EventPipeProvider provider, int bufferMegabytes, CancellationToken cancellationToken) =>
        StartAsync([provider], bufferMegabytes, rundownKeywords: 0, hasStacks: true, deadline: null, cancellationToken);

    private async Task<EventPipeSession> StartAsync(
        EventPipeProvider[] providers, int bufferMegabytes, long rundownKeywords, bool hasStacks, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(new(providers, bufferMegabytes, rundownKeywords, hasStacks), deadline, cancellationToken);
        }
        catch (UnsupportedCommandException)
        {
            // .NET 8 knows neither sessions without stacks nor a choice of what is enumerated: the whole rundown has the methods too, which
            // are some megabytes more and no pause either.
            return await StartAsync(
                new(providers, bufferMegabytes, requestRundown: rundownKeywords != 0, requestStackwalk: true), deadline, cancellationToken);
        }
    }

    /// <summary>Ends a session; the worker sends all that it still holds.</summary>
    public static Task StopAsync(EventPipeSession session, CancellationToken cancellationToken) => AskAsync(
        async token =>
        {
            await session.StopAsync(token);
            return true;
        },
        AnswerDeadline,
        cancellationToken);

    public ValueTask DisposeAsync() => connector.DisposeAsync();

    /// <summary>What an exception of the diagnostics client means for the attempt.</summary>
    public async Task<SnapshotException> ExplainAsync(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        SnapshotException known => known,
        _ when await worker.HasExitedAsync(cancellationToken) => Exited(failure),
        UnauthorizedAccessException or ServerNotAvailableException { InnerException: SocketException { SocketErrorCode: SocketError.AccessDenied } }
            or SocketException { SocketErrorCode: SocketError.AccessDenied } => new SnapshotException(
                CaptureOutcome.NotPermitted,
                $"the diagnostics socket of process {worker.Pid} belongs to another user: run as that user or as root",
                failure),
        OperationCanceledException => new SnapshotException(
            CaptureOutcome.Failed,
            $"process {worker.Pid} accepted the request and did not answer in time: is it stopped, or held by a debugger?",
            failure),
        ServerNotAvailableException or SocketException => new SnapshotException(
            CaptureOutcome.NotPermitted,
            $"the diagnostics socket of process {worker.Pid} does not answer: {failure.Message}",
            failure),
        _ => new SnapshotException(CaptureOutcome.Failed, $"the snapshot of process {worker.Pid} failed: {failure.Message}", failure),
    };

    public SnapshotException Exited(Exception? cause) => new(CaptureOutcome.WorkerExited, $"process {worker.Pid} exited during the snapshot", cause);

    private Task<EventPipeSession> StartAsync(EventPipeSessionConfiguration configuration, TimeSpan? deadline, CancellationToken cancellationToken) =>
        AskAsync(token => connector.Instance.StartEventPipeSessionAsync(configuration, token), deadline ?? AnswerDeadline, cancellationToken);

    private static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var answer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        answer.CancelAfter(deadline);

        // The client looks at its token between reads only; WaitAsync makes the deadline hold in the middle of one.
        Task<T> asked = ask(answer.Token);
        try
        {
            return await asked.WaitAsync(answer.Token);
        }
        catch (OperationCanceledException)
        {
            // A session that is granted after all is nobody's, and would go on in the worker.
            _ = asked.ContinueWith(
                static late => (late.Result as IDisposable)?.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }
}
