using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>Who a running agent takes for a worker, for whose, and under which name.</summary>
public sealed class AgentDiscoveryTests
{
    [Fact]
    public async Task WorkersThatInheritOneIdHaveOneEachAndItIsTheSameInMetricsAndInEveryCapture()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, new Dictionary<string, string?> { [AgentProcess.Services] = "shop-of-three" }, "--window", "1s");
        await using Shop shop = await Shop.StartAsync(
            folder.Path, new Dictionary<string, string?> { ["HEAPDRIFT_AGENT"] = null, ["OTEL_SERVICE_NAME"] = "shop-of-three", ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=shop-1,broken,=x" }, "--workers", "3");

        JsonNode[] group = [];
        await Eventually.HoldsAsync(
            async () => (group = [.. (await agent.GetAsync("/api/workers")).AsArray().Where(worker => (int?)worker!["leaderPid"] == shop.Process.Id).OfType<JsonNode>()]).Length == 3,
            HeapDriftTool.Deadline,
            "three workers stand under the leader",
            agent.Process.Describe);
        JsonNode leader = (await agent.WorkerAsync(shop.Process.Id))!;
        int pid = (int)group[0]["pid"]!;
        string instanceId = (string)group[0]["serviceInstanceId"]!;
        string captureId = (string)(await agent.RequestCaptureAsync(pid))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == captureId);
        JsonNode byAgent = await agent.GetAsync($"/api/captures/{captureId}");
        ProcessResult byHand = await HeapDriftTool.RunAsync(
            "capture", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--window", "1s", "--output", folder.Path, "--format", "json");

        Assert.Equal((true, null, "shop-1"), ((bool)leader["isLeader"]!, (int?)leader["leaderPid"], (string?)leader["serviceInstanceId"]));
        Assert.Equal(4, group.Append(leader).Select(worker => (string)worker["serviceInstanceId"]!).Distinct().Count());
        Assert.Contains(await agent.MetricAsync("heapdrift_memory_private_bytes{"), line =>
            line.Contains(string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{pid}\""), StringComparison.Ordinal) && line.Contains($"service_instance_id=\"{instanceId}\"", StringComparison.Ordinal));
        Assert.Equal(instanceId, (string?)byAgent["worker"]!["serviceInstanceId"]);
        Assert.Equal(instanceId, (string?)byHand.Json()["worker"]!["serviceInstanceId"]);
    }

    [Fact]
    public async Task TheAgentIsWatchedAndNeverCaptured()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        JsonNode self = (await agent.GetAsync("/api/workers")).AsArray().Single(worker => (bool)worker!["isSelf"]!)!;

        using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri($"/api/workers/{(int)self["pid"]!}/captures", UriKind.Relative), null, TestContext.Current.CancellationToken);
        string refusal = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("heapdrift", (string?)self["name"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("it cannot capture itself", refusal, StringComparison.Ordinal);
    }

    /// <summary>
    /// As where the agent may not enter the worker's mount namespace. Waiting at the start is what the variable means unless told otherwise.
    /// </summary>
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task AWorkerWhoseSocketIsOutOfReachIsCapturedOverTheConnectionThatItOpens(int major)
    {
        using var folder = new TemporaryFolder();
        string port = folder.File(".port");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            folder.Path, new Dictionary<string, string?> { ["HeapDrift__Discovery__DiagnosticPort"] = port, ["HeapDrift__Captures__Engine"] = "eventpipe" }, "--window", "2s");
        using var temporary = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(major), "--leak", "20000")
        {
            Environment = new Dictionary<string, string?> { ["DOTNET_DiagnosticPorts"] = port, ["TMPDIR"] = temporary.Path },
        });
        await agent.WatchesAsync(worker.Id);
        foreach (string socket in Directory.GetFiles(temporary.Path, "dotnet-diagnostic-*"))
        {
            File.Delete(socket);
        }

        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        JsonNode line = await agent.EndedAsync(line => (string?)line["captureId"] == id);

        Assert.Equal("completed", (string?)line["outcome"]);
        Assert.Contains("LeakedThing", (string?)line["message"], StringComparison.Ordinal);
        await worker.CollectAsync();
    }

    [Theory]
    [InlineData("HeapDrift__Discovery__Commands__0", "/usr/bin/gunicorn", "HeapDrift:Discovery:Commands:0 is '/usr/bin/gunicorn'")]
    [InlineData("HeapDrift__Discovery__Commands", "gunicorn", "HeapDrift:Discovery:Commands")]
    [InlineData("HeapDrift__Discovery__Comands__0", "gunicorn", "Comands")]
    [InlineData("HeapDrift__Discovery__DiagnosticPort", "/etc/passwd", "HeapDrift:Discovery:DiagnosticPort is '/etc/passwd', where something lies that is no socket")]
    public async Task AWrongRuleEndsTheStartAndIsNamed(string name, string value, string expected)
    {
        using var folder = new TemporaryFolder();

        ProcessResult result = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { [name] = value }, "agent", "--urls", "http://127.0.0.1:0", "--output", folder.Path);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Stderr, StringComparison.Ordinal);
    }
}
