using HeapDrift.Instrumentation.Tests.Captures;
using HeapDrift.TestKit;

namespace HeapDrift.Instrumentation.Tests.Signals;

/// <summary>Real signals to a real service, while a real EventPipe session listens for them.</summary>
[Collection(ProcessCollection.Name)]
public sealed class AgentSignalTests : IDisposable
{
    private const int SigUsr2 = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeHelper _fake = new();

    public void Dispose() => _fake.Dispose();

    [Fact]
    public async Task SignalIsPassedOnToTheAgentAndNoHelperIsStarted()
    {
        await using ChildProcess worker = await StartArmedAsync();
        await using AttachedAgent agent = await AttachedAgent.AttachAsync(worker.Id);

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says($"passed on to the HeapDrift agent that is attached to process {worker.Id}"), Patience);
        await Eventually.HoldsAsync(() => !agent.Requests.IsEmpty, Patience, "the agent is told");

        Assert.Equal([worker.Id], agent.Requests);
        Assert.Empty(_fake.Starts);
        Assert.False(worker.HasExited);
    }

    [Fact]
    public async Task EachSignalIsOneEvent()
    {
        await using ChildProcess worker = await StartArmedAsync();
        await using AttachedAgent agent = await AttachedAgent.AttachAsync(worker.Id);

        for (int signal = 1; signal <= 3; signal++)
        {
            worker.Signal(SigUsr2);
            await Eventually.HoldsAsync(() => agent.Requests.Count == signal, Patience, $"{signal} events", () => $"{agent.Requests.Count}");
        }

        Assert.Empty(_fake.Starts);
    }

    [Fact]
    public async Task WorkerWhoseAgentHasDetachedCapturesByItself()
    {
        await using ChildProcess worker = await StartArmedAsync();
        await using (AttachedAgent agent = await AttachedAgent.AttachAsync(worker.Id))
        {
            worker.Signal(SigUsr2);
            await Eventually.HoldsAsync(() => !agent.Requests.IsEmpty, Patience, "the agent is told");
        }

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        Assert.Single(_fake.Starts);
    }

    [Fact]
    public async Task CaptureThatRunsIsFinishedByASignalThoughAnAgentHasAttachedMeanwhile()
    {
        await using ChildProcess worker = await StartArmedAsync();
        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        await using AttachedAgent agent = await AttachedAgent.AttachAsync(worker.Id);
        await Task.Delay(TimeSpan.FromMilliseconds(600), TestContext.Current.CancellationToken); // A person's pause, see HostedWorkerTests.
        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Taking the final snapshot"), Patience);

        Assert.Equal(["finish"], _fake.Commands);
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task SessionThatDoesNotAskForSignalsIsNoAgent()
    {
        await using ChildProcess worker = await StartArmedAsync();
        await using AttachedAgent other = await AttachedAgent.AttachAsync(worker.Id, (System.Diagnostics.Tracing.EventKeywords)2);

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        Assert.Empty(other.Requests);
        Assert.Single(_fake.Starts);
    }

    private static Func<string, bool> Says(string text) => line => line.Contains(text, StringComparison.Ordinal);

    private async Task<ChildProcess> StartArmedAsync()
    {
        ChildProcess worker = ChildProcess.Start(new ChildProcessStart(Path.Join(RepositoryPaths.Output("HostedWorker"), "HostedWorker"), [])
        {
            Environment = new Dictionary<string, string?>
            {
                ["HeapDrift__CollectorPath"] = _fake.Path,
                ["HeapDrift__OutputDirectory"] = _fake.Folder,
            },
        });
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
        return worker;
    }
}
