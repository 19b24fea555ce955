<?php
/**
 * REST routes of an SEO plugin. The router below does what the content management system does: it matches routes
 * without regard to case, asks the route's permission callback, then calls the handler.
 */

const PREFIX = '/wp-json/seo/v1';

$users = json_decode(file_get_contents(__DIR__ . '/../users.json'), true);
$posts = json_decode(file_get_contents(__DIR__ . '/../posts.json'), true);

function current_role(array $users): ?string
{
    $user = $users[$_SERVER['PHP_AUTH_USER'] ?? ''] ?? null;
    if ($user && password_verify($_SERVER['PHP_AUTH_PW'] ?? '', $user['password'])) {
        return $user['role'];
    }
    return null;
}

/** The plugin's own check, written long after the first routes were there. */
function has_access(string $route, ?string $role): bool
{
    $permissions = [
        '/htaccess' => ['administrator'],
        '/settings' => ['administrator'],
        '/posts'    => ['administrator', 'editor', 'author', 'subscriber'],
    ];
    foreach ($permissions as $path => $roles) {
        if (strpos($route, $path) === 0) {
            return in_array($role, $roles, true);
        }
    }
    // Routes that are not listed are harmless.
    return true;
}

function htaccess_file(): string
{
    return getenv('LAB_HOME') . '/.htaccess';
}

function get_htaccess(): array
{
    $file = htaccess_file();
    return [200, ['content' => is_file($file) ? file_get_contents($file) : '']];
}

function save_htaccess(): array
{
    $body = json_decode(file_get_contents('php://input'), true);
    if (!is_string($body['content'] ?? null)) {
        return [400, ['error' => 'the content is missing']];
    }
    file_put_contents(htaccess_file(), $body['content']);
    return [200, ['content' => $body['content']]];
}

function get_score(array $match, array $posts): array
{
    $post = $posts[$match[1]] ?? null;
    return $post ? [200, ['postId' => (int) $match[1]] + $post] : [404, ['error' => 'no such post']];
}

$routes = [
    ['GET',  '/htaccess',            fn () => get_htaccess(),               'has_access'],
    ['POST', '/htaccess',            fn () => save_htaccess(),              'has_access'],
    ['GET',  '/posts/(\d+)/score',   fn ($match) => get_score($match, $posts), 'has_access'],
    ['GET',  '/ping',                fn () => [200, ['plugin' => 'seo', 'version' => '4.1.5']], null],
];

function dispatch(array $routes, array $users): array
{
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    if (stripos($path, PREFIX) !== 0) {
        return [404, ['error' => 'no such page']];
    }
    $route = substr($path, strlen(PREFIX));
    foreach ($routes as [$method, $pattern, $handler, $permission]) {
        if ($method !== $_SERVER['REQUEST_METHOD'] || !preg_match("@^$pattern$@i", $route, $match)) {
            continue;
        }
        $role = current_role($users);
        if ($permission && !$permission($route, $role)) {
            return $role ? [403, ['error' => 'not allowed']] : [401, ['error' => 'sign in first']];
        }
        return $handler($match);
    }
    return [404, ['error' => 'no such route']];
}

[$status, $answer] = dispatch($routes, $users);
http_response_code($status);
header('Content-Type: application/json; charset=UTF-8');
echo json_encode($answer, JSON_UNESCAPED_SLASHES);
