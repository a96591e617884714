using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Captures;

public sealed class LeakStoreTests
{
    [Fact]
    public async Task WhatIsRememberedIsReadAgain()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(await Store(folder).RememberAsync(known => known with { Leaks = [Leak("a")] }));

        Assert.Equal("a", Assert.Single(Store(folder).Read().Leaks).Fingerprint);
    }

    [Fact]
    public async Task ManyWritersLoseNothing()
    {
        using var folder = new TemporaryFolder();

        string?[] complaints = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            Task.Run(() => Store(folder).RememberAsync(known => known with { Leaks = [.. known.Leaks, Leak($"{number}")] }))));

        Assert.All(complaints, Assert.Null);
        Assert.Equal(8, Store(folder).Read().Leaks.Count);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"schemaVersion":2,"leaks":[]}""")]
    public async Task WhatCannotBeReadIsSetAsideAndNotWrittenOver(string content)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Join(folder.Path, LeakStore.FileName);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Empty(Store(folder).Read().Leaks);
        Assert.Null(await Store(folder).RememberAsync(known => known with { Leaks = [Leak("a")] }));

        Assert.Single(Store(folder).Read().Leaks);
        Assert.Equal(content, await File.ReadAllTextAsync($"{path}.unreadable", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AFolderThatIsGoneIsSaidAndNoFailure()
    {
        using var folder = new TemporaryFolder();
        var store = new LeakStore(Path.Join(folder.Path, "gone"), TimeProvider.System);

        Assert.Empty(store.Read().Leaks);
        Assert.Contains("cannot be remembered", await store.RememberAsync(known => known), StringComparison.Ordinal);
    }

    private static LeakStore Store(TemporaryFolder folder) => new(folder.Path, TimeProvider.System);

    private static RememberedLeak Leak(string fingerprint) => new()
    {
        Fingerprint = fingerprint,
        Service = "shop",
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
        Versions = [],
    };
}
