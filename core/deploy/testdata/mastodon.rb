# Stand-ins for what the scripts of a Mastodon ask of it. What is saved is kept in a file beside the tokens.
require 'json'
require 'securerandom'

module Kept
  FILE = File.join(ENV.fetch('GOROD_STATE', '.'), 'kept.json')
  def self.all = File.exist?(FILE) ? JSON.parse(File.read(FILE)) : { 'users' => {}, 'apps' => [], 'tokens' => {} }

  def self.change
    File.write(FILE, JSON.dump(all.tap { |kept| yield kept }))
  end
end


class Account
  attr_reader :username, :user

  def initialize(username:, user: nil)
    raise ArgumentError, username unless username.match?(/\A[a-z0-9_]+\z/)

    @username = username
    @user = user
  end

  def self.find_local(name)
    id = Kept.all['users'][name]
    id && new(username: name, user: User.kept(id))
  end
end

class User
  attr_reader :id

  def self.kept(id) = allocate.tap { |user| user.instance_variable_set(:@id, id) }

  def initialize(account:, email:, password:, agreement:, confirmed_at:, bypass_registration_checks:)
    raise ArgumentError unless email.include?('@') && password.size >= 8 && agreement && confirmed_at && bypass_registration_checks

    @account = account
  end

  def save!(validate:)
    raise ArgumentError if validate # nobody can be written to

    Kept.change { |kept| kept['users'][@account.username] = @id = kept['users'].size + 1 }
  end

  def approve! = @id || raise('not saved')
end

module Doorkeeper
  Named = Struct.new(:id)
  Bearer = Struct.new(:token)

  module Application
    def self.find_by(name:) = Kept.all['apps'].index(name)&.then { |at| Named.new(at + 1) }

    def self.create!(name:, redirect_uri:, scopes:)
      raise ArgumentError unless redirect_uri == 'urn:ietf:wg:oauth:2.0:oob' && scopes == 'read write follow'

      Kept.change { |kept| kept['apps'] << name }
      find_by(name: name)
    end
  end

  module AccessToken
    def self.find_by(application_id:, resource_owner_id:, revoked_at:)
      raise ArgumentError unless application_id == 1 && revoked_at.nil?

      Kept.all['tokens'][resource_owner_id.to_s]&.then { |token| Bearer.new(token) }
    end

    def self.create!(application:, resource_owner_id:, scopes:)
      raise ArgumentError unless application.id == 1 && scopes == 'read write follow'

      Kept.change { |kept| kept['tokens'][resource_owner_id.to_s] = "token-#{SecureRandom.hex(8)}" }
      find_by(application_id: 1, resource_owner_id: resource_owner_id, revoked_at: nil)
    end
  end
end

module Rails
  Settings = Struct.new(:force_ssl, :x, :action_mailer)
  X = Struct.new(:use_https)
  Mailer = Struct.new(:default_url_options)

  class App
    attr_reader :config

    def initialize = @config = Settings.new(true, X.new(true), Mailer.new({ host: 'localhost:3000', protocol: 'https://' }))
    def configure(&block) = instance_eval(&block)
  end

  def self.application = @application ||= App.new
end
