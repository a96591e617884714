using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Watching;
using HeapDrift.Instrumentation;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>docker-compose.yml without a Docker engine: by the compose of Debian, and by what a reader would look for.</summary>
public sealed partial class ComposeTests
{
    private static readonly ComposeFile Compose = ComposeFile.Shipped;

    /// <summary>Sections of the agent's settings, and the options of the package, which have none.</summary>
    private static readonly Dictionary<string, Type> Sections = new()
    {
        ["Captures"] = typeof(CaptureLimits),
        ["Discovery"] = typeof(DiscoveryOptions),
        ["Watch"] = typeof(WatchOptions),
        ["Detector"] = typeof(DetectorOptions),
        ["Alerts"] = typeof(AlertOptions),
    };

    /// <summary>They say in the file why.</summary>
    private static readonly string[] WithoutHealthCheck = ["load", "otel-collector", "prepare"];

    [Fact]
    public async Task DebiansComposeAcceptsTheFile()
    {
        ProcessResult result = await ChildProcess.RunAsync(
            new ChildProcessStart("docker-compose", "--file", "docker-compose.yml", "config", "--quiet") { WorkingDirectory = RepositoryPaths.Root }, HeapDriftTool.Deadline);

        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
    }

    [Fact]
    public void EveryImageHasAVersion() => Assert.All(Compose.Services, service =>
    {
        string image = (string)service.Value!["image"]!;
        Assert.Matches(service.Value["build"] is null ? PinnedImage() : LocalImage(), image);
    });

    /// <summary>Compose builds services at the same time: the second that finishes finds the name taken, and the start fails.</summary>
    [Fact]
    public void NoTwoServicesBuildTheSameImage()
    {
        string[] built = [.. Compose.Services.Where(service => service.Value!["build"] is not null).Select(service => (string)service.Value!["image"]!)];

        Assert.Equal(built.Order(StringComparer.Ordinal), built.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NothingIsReachableFromOtherMachines() => Assert.All(
        Compose.Services.SelectMany(service => service.Value!["ports"].Texts()), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void NobodyIsRootOrKeepsARightThatIsNotNamed() => Assert.All(Compose.Services, service =>
    {
        JsonNode confined = service.Value!;
        string user = (string)confined["user"]!;

        Assert.True(service.Key == "prepare" ? user == "0:0" : OrdinaryUser().IsMatch(user), $"{service.Key} runs as {user}");
        Assert.Equal(["ALL"], confined["cap_drop"].Texts());
        Assert.Equal(["no-new-privileges:true"], confined["security_opt"].Texts());
        Assert.Equal(
            service.Key switch { "prepare" => ["CHOWN"], "agent" => ["SYS_PTRACE", "DAC_OVERRIDE", "SETUID", "SETGID", "KILL"], _ => Array.Empty<string>() },
            confined["cap_add"].Texts());
        Assert.True(service.Key == "grafana" || (string?)confined["read_only"] == "true", $"{service.Key} may write to its root");
        Assert.Null(confined["privileged"]);
        Assert.Null(confined["network_mode"]?.ToString() is "host" ? "host" : null);
    });

    [Fact]
    public void ServicesTellWhetherTheyAreHealthyOrTheFileSaysWhyNot() => Assert.Equal(
        WithoutHealthCheck, Compose.Services.Where(service => service.Value!["healthcheck"] is null).Select(service => service.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void NobodyWaitsForAHealthThatIsNotTold() => Assert.All(
        Compose.Services.SelectMany(service => service.Value!["depends_on"]?.AsObject().ToArray() ?? []),
        dependency => Assert.Equal(
            dependency.Key == "prepare" ? "service_completed_successfully" : WithoutHealthCheck.Contains(dependency.Key) ? "service_started" : "service_healthy",
            (string)dependency.Value!["condition"]!));

    [Fact]
    public void WhatIsMountedExists() => Assert.All(
        Compose.Services.SelectMany(service => ComposeFile.Mounts(service.Value!)),
        mount => Assert.True(
            mount.Source.StartsWith("./", StringComparison.Ordinal) ? Path.Exists(RepositoryPaths.File(mount.Source)) : Compose.Root["volumes"]!.AsObject().ContainsKey(mount.Source),
            $"{mount.Source} is not there"));

    [Fact]
    public void EverySettingOfHeapDriftExists()
    {
        (string Service, string Name)[] set =
        [
            .. from service in Compose.Services
               from variable in service.Value!["environment"]?.AsObject().Select(entry => entry.Key) ?? []
               where variable.StartsWith("HeapDrift__", StringComparison.Ordinal)
               select (service.Key, variable),
        ];

        Assert.InRange(set.Length, 5, 20);
        Assert.All(set, setting => Assert.True(Exists(setting.Service, setting.Name.Split("__")), $"{setting.Service} sets {setting.Name}, which is no option"));
    }

    [Fact]
    public void TheLoadGoesWhereTheShopListensAndItLeaksFromTheStart()
    {
        string[] shop = Compose.Service("shop")["command"].Texts();

        Assert.Equal(["--urls", "http://0.0.0.0:5080", "--workers", "3", "--leaks", "session-cache"], shop);
        Assert.Contains("http://shop:5080/orders", Compose.Service("load")["command"].Texts().Single(), StringComparison.Ordinal);
        Assert.Equal("service:shop", (string)Compose.Service("agent")["pid"]!);
        Assert.Equal("shop", (string)Compose.Service("agent")["environment"]!["HeapDrift__Discovery__Services__0"]!);
    }

    [Fact]
    public async Task TheHealthCheckOfTheAgentAnswersForARealAgent()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.File("reports"));
        string[] check = [.. Compose.Service("agent")["healthcheck"]!["test"].Texts().Skip(1).Select(word => word.Replace("$$", "$", StringComparison.Ordinal).Replace("/9464", $"/{agent.Client.BaseAddress!.Port}", StringComparison.Ordinal))];

        ProcessResult healthy = await ChildProcess.RunAsync(new ChildProcessStart(check[0], check[1..]), HeapDriftTool.Deadline);
        ProcessResult elsewhere = await ChildProcess.RunAsync(new ChildProcessStart(check[0], [.. check[1..].Select(word => word.Replace("/healthz", "/nowhere", StringComparison.Ordinal))]), HeapDriftTool.Deadline);

        Assert.True(healthy.ExitCode == 0, healthy.Stderr);
        Assert.NotEqual(0, elsewhere.ExitCode);
    }

    private static bool Exists(string service, string[] name) =>
        service == "agent" ? name.Length >= 3 && Sections.TryGetValue(name[1], out Type? section) && section.GetProperty(name[2]) is not null
        : name.Length == 2 && typeof(HeapDriftOptions).GetProperty(name[1]) is not null;

    [GeneratedRegex(@"^[a-z]+(/[a-z-]+)+:v?\d+\.\d+\.\d+$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex("^heapdrift-(agent|shop):local$")]
    private static partial Regex LocalImage();

    [GeneratedRegex(@"^(\$\{HEAPDRIFT_AGENT_USER:-)?[1-9]\d*:\d+\}?$")]
    private static partial Regex OrdinaryUser();
}
